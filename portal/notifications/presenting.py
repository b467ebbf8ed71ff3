"""Notifications as lines, grouped by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.formats import format_date, format_time
from portal.events.kinds import kind_of
from portal.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Line:
    """One notification."""

    url: str
    title: str
    line: str
    icon: str
    actor: str
    time: str
    iso: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Day:
    """What came on one day."""

    key: str
    title: str
    lines: list[Line]


def days_of(rows: Iterable[Notification]) -> list[Day]:
    """Rows, newest first, in days of the reader's time zone."""
    grouped = groupby(rows, key=lambda row: timezone.localdate(row.created_at))
    return [Day(day.isoformat(), _title(day), [_line(row) for row in found]) for day, found in grouped]


def _title(day) -> str:
    away = (timezone.localdate() - day).days
    if away > 1:
        return format_date(day, style="long")
    return _("Today") if away <= 0 else _("Yesterday")


def _line(row: Notification) -> Line:
    return Line(
        url=reverse("notifications:follow", args=[row.pk]),
        title=row.title,
        line=" · ".join(str(part) for part in (row.actor, row.client) if part),
        icon=kind_of(row.kind).icon,
        actor=str(row.actor) if row.actor else "",
        time=format_time(row.created_at),
        iso=row.created_at.isoformat(),
        is_new=row.read_at is None,
    )

"""Notifications as lines, grouped by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_date, format_time
from portal.events.kinds import kind_of
from portal.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Line:
    """One notification, or several of the same kind about one thing; it leads to the first."""

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
    return [Day(day.isoformat(), _title(day), _lines(found)) for day, found in grouped]


def _lines(rows: Iterable[Notification]) -> list[Line]:
    """What happened to one thing in the same way, several times in a row, is one line."""
    grouped = groupby(rows, key=lambda row: (row.title, row.subject_id or row.pk, row.read_at is None))
    return [_line(list(found)) for _same, found in grouped]


def _title(day) -> str:
    away = (timezone.localdate() - day).days
    if away > 1:
        return format_date(day, style="long")
    return _("Today") if away <= 0 else _("Yesterday")


def _line(rows: list[Notification]) -> Line:
    row, number = rows[0], len(rows)
    actors = dict.fromkeys(str(row.actor) for row in rows if row.actor)
    times = ngettext("%(number)s time", "%(number)s times", number) % {"number": number} if number > 1 else ""
    return Line(
        url=reverse("notifications:follow", args=[rows[-1].pk]),
        title=row.title,
        line=" · ".join(str(part) for part in (", ".join(actors), times, row.client) if part),
        icon=kind_of(row.kind).icon,
        actor=str(row.actor) if row.actor else "",
        time=format_time(row.created_at),
        iso=row.created_at.isoformat(),
        is_new=row.read_at is None,
    )

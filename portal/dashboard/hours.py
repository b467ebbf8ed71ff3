"""The hours of the month at one client, as parts of the question of the desk."""

from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Value

from portal.dashboard.asking import MONTH
from worklog.hanging import entries_of
from worklog.models import WorkLook
from worklog.sums import minutes_of


def minutes_at(reader, client) -> Any:
    """Minutes of the month at the page's client; None when there are none."""
    return minutes_of(entries_of(reader, client).between(*MONTH)) if client else Value(None, IntegerField())  # type: ignore[arg-type]


def has_new_time(reader, client) -> Any:
    """Whether there is something in that sum at which the contact has not looked yet."""
    if client is None or not reader.is_contact:
        return Value(False)
    looks = WorkLook.objects.visible_to(reader).filter(client=client, seen_at__gte=OuterRef("visible_from"))
    return Exists(entries_of(reader, client).between(*MONTH).filter(~Exists(looks)))  # type: ignore[arg-type]

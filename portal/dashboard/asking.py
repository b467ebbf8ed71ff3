"""Questions of the start pages, and the moments that they look back or ahead to."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import DateField, DateTimeField
from django.utils import timezone

from portal.core.prepared import Slot
from portal.tenancy import asking
from portal.tenancy.models import Client, Member
from protocols.meetings.unwritten import LATELY as ASKED_FOR

LATELY = timedelta(days=30)
"""How far cards over all clients look back; without a bound they would sort everything that ever happened."""
SHOWN_AFTER = timedelta(days=7)
"""So long the start page tells that a correction or a proposal was settled."""

SINCE = Slot("since", DateTimeField())
"""The bound of a period that the caller names."""
LATELY_SINCE = Slot("lately", DateTimeField())
WEEK_AGO = Slot("week_ago", DateTimeField())
HELD_SINCE = Slot("held_since", DateTimeField())
MONTH = Slot("month_first", DateField()), Slot("month_last", DateField())
MORNING, MIDNIGHT = Slot("morning", DateTimeField()), Slot("midnight", DateTimeField())


class Question(asking.Question):
    """The same, with the moments above."""

    def ask(self, member: Member, client: Client | None = None, **values: Any) -> list[Any]:
        return super().ask(member, client, **_moments(member.now), **values)


def _moments(now: datetime) -> dict[str, date]:
    """What fills the slots above; the day is the reader's own."""
    morning = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = (morning + timedelta(hours=36)).replace(hour=0)
    today = morning.date()
    return {
        "month_first": today.replace(day=1),
        "month_last": today.replace(day=monthrange(today.year, today.month)[1]),
        "lately": now - LATELY,
        "week_ago": now - SHOWN_AFTER,
        "held_since": now - ASKED_FOR,
        "morning": morning,
        "midnight": tomorrow,
    }

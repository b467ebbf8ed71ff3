"""Questions of the start pages: each is compiled once for every shape of reader, because compiling costs more than asking."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, QuerySet
from django.utils import timezone

from portal.core.prepared import Prepared, Slot
from portal.tenancy.models import Client, Member
from portal.tenancy.reader import ONE_CLIENT, Reader, shape_of, values_of

LATELY = timedelta(days=30)
"""How far cards over all clients look back; without a bound they would sort everything that ever happened."""
SHOWN_AFTER = timedelta(days=7)
"""So long the start page tells that a correction or a proposal was settled."""

SINCE = Slot("since", DateTimeField())
"""The bound of a period that the caller names."""
LATELY_SINCE = Slot("lately", DateTimeField())
WEEK_AGO = Slot("week_ago", DateTimeField())
HELD_SINCE = Slot("held_since", DateTimeField())
MORNING, MIDNIGHT = Slot("morning", DateTimeField()), Slot("midnight", DateTimeField())


class Question:
    """build: (reader, client or None) -> rows, from querysets that take a `Reader` for a member and slots for moments."""

    def __init__(self, build: Callable[[Any, Any], QuerySet]):
        self._build = build
        self._prepared: dict[tuple, Prepared] = {}

    def ask(self, member: Member, client: Client | None = None, **values: Any) -> list[Any]:
        """The rows for this member, of one client or of all."""
        key = (shape_of(member), client is None)
        if key not in self._prepared:
            reader, one = Reader(member), ONE_CLIENT if client else None
            self._prepared[key] = Prepared(lambda: self._build(reader, one))
        return self._prepared[key].all(**values_of(member, client), **_moments(member.now), **values)


def _moments(now: datetime) -> dict[str, datetime]:
    """What fills the slots above; the day is the reader's own."""
    morning = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = (morning + timedelta(hours=36)).replace(hour=0)
    return {
        "lately": now - LATELY,
        "week_ago": now - SHOWN_AFTER,
        "held_since": now - timedelta(days=90),
        "morning": morning,
        "midnight": tomorrow,
    }

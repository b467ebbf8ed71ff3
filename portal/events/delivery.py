"""Readers outside the action's transaction: each gets every event at least once and must be idempotent."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from portal.events.models import Event

log = logging.getLogger(__name__)

SWEEP_AFTER = timedelta(seconds=30)
MOST_TRIES = 5
SLOWER = 4
"""Each try waits so many times longer than the one before: the fifth comes two hours after the event."""

_readers: list[Callable[[Event], None]] = []


def on_delivery(reader: Callable[[Event], None]) -> None:
    """Hand every event to `reader` after its action has committed. Called from AppConfig.ready."""
    _readers.append(reader)


def deliver(event_id: int) -> None:
    """Hand an event to its readers, once; a second call finds it delivered.

    A reader that fails is counted, and after MOST_TRIES the event is set aside, for one bad event must not hide that others wait.
    Trouble of the database itself is not counted. Needs no transaction around it; the error is raised once it is counted.
    """
    try:
        _hand_out(event_id)
    except DatabaseError:
        raise
    except Exception:
        _note_failure(event_id)
        raise


@transaction.atomic
def _hand_out(event_id: int) -> None:
    event = Event.objects.select_for_update(of=("self",)).filter(pk=event_id, delivered_at=None).first()
    if event is None:
        return
    for reader in _readers:
        reader(event)
    event.delivered_at = timezone.now()
    event.save(update_fields=["delivered_at"])


@transaction.atomic
def _note_failure(event_id: int) -> None:
    event = Event.objects.select_for_update(of=("self",)).filter(pk=event_id, delivered_at=None).first()
    if event is None:
        return
    event.tries += 1
    if event.tries >= MOST_TRIES:
        event.set_aside_at = timezone.now()
        log.error("event set aside", extra={"event": event_id, "kind": event.kind, "tries": event.tries})
    event.save(update_fields=["tries", "set_aside_at"])


def due(*, at: datetime) -> Q:
    """What a crash, an absent Redis or a reader left behind, and whose pause is over."""
    late = Q()
    for tries in range(MOST_TRIES):
        late |= Q(tries=tries, recorded_at__lt=at - SWEEP_AFTER * SLOWER**tries)
    return Q(late, delivered_at=None, set_aside_at=None)


def untried() -> Q:
    """What nobody has tried to deliver."""
    return Q(delivered_at=None, tries=0)


def undelivered() -> list[tuple[int, int, int]]:
    """(agency id, event id, tries) of what is due. Reads through `maint`."""
    rows = Event.objects.using("maint").filter(due(at=timezone.now())).order_by("pk")
    return list(rows.values_list("agency_id", "pk", "tries")[:500])


def oldest_undelivered() -> datetime | None:
    """When the oldest untried event was recorded (it may have happened long before)."""
    rows = Event.objects.using("maint").filter(untried()).order_by("recorded_at")
    return rows.values_list("recorded_at", flat=True).first()

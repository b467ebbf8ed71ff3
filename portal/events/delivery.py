"""Readers outside the action's transaction: each gets every event at least once and must be idempotent."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from portal.events.models import Event

SWEEP_AFTER = timedelta(seconds=30)

_readers: list[Callable[[Event], None]] = []


def on_delivery(reader: Callable[[Event], None]) -> None:
    """Hand every event to `reader` after its action has committed. Called from AppConfig.ready."""
    _readers.append(reader)


@transaction.atomic
def deliver(event_id: int) -> None:
    """Hand an event to its readers, once; a second call finds it delivered."""
    event = Event.objects.select_for_update(of=("self",)).filter(pk=event_id, delivered_at=None).first()
    if event is None:
        return
    for reader in _readers:
        reader(event)
    event.delivered_at = timezone.now()
    event.save(update_fields=["delivered_at"])


def undelivered() -> list[tuple[int, int, int]]:
    """(agency id, event id, 0) of events that a crash or an absent Redis left behind. Reads through `maint`."""
    rows = Event.objects.using("maint").filter(delivered_at=None, recorded_at__lt=timezone.now() - SWEEP_AFTER)
    return [(agency_id, pk, 0) for agency_id, pk in rows.order_by("pk").values_list("agency_id", "pk")[:500]]


def oldest_undelivered() -> datetime | None:
    """When the oldest undelivered event was recorded (it may have happened long before)."""
    rows = Event.objects.using("maint").filter(delivered_at=None).order_by("recorded_at")
    return rows.values_list("recorded_at", flat=True).first()

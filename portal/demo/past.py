"""Actions happen now; the demo world has a past. What they wrote is moved there, and the embargo runs from there."""

from datetime import datetime, time, timedelta

from django.db.models import Model
from django.utils import timezone

from portal.core.zones import zone
from portal.events.models import Event

TIME_ZONE = "Europe/Berlin"
SATURDAY, WORKING = 5, 5


def set_back_event(subject: Model, kind: str, moment: datetime, **narrowed) -> None:
    """The last event of this kind about the subject happened at this moment."""
    rows = Event.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk, kind=kind, **narrowed)
    event = rows.latest("pk")
    delay = event.visible_from - event.happened_at
    event.happened_at, event.visible_from = moment, moment + delay
    event.save(update_fields=["happened_at", "visible_from"])


def set_back(row: Model, moment: datetime, *columns: str) -> None:
    """These columns of a row, as if it had been written at this moment."""
    type(row)._base_manager.filter(pk=row.pk).update(**dict.fromkeys(columns, moment))


def working_day(ago: int, *, hours: float) -> datetime:
    """A moment of the working day that lies so many working days before today; hours after midnight, as clocks show them."""
    today = timezone.localdate(timezone=zone(TIME_ZONE))
    monday = today - timedelta(days=today.weekday())
    number = min(today.weekday(), SATURDAY) - ago
    day = monday + timedelta(days=number // WORKING * 7 + number % WORKING)
    minutes = round(hours * 60)
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone(TIME_ZONE))

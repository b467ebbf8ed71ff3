"""Actions happen now; the demo world has a past. What they wrote is moved there, and the embargo runs from there.

What lies far back is written at once instead: rows with ids of their own, and the events that the actions would have recorded.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from portal.core.zones import zone
from portal.events.embargo import delayed
from portal.events.kinds import kind_of
from portal.events.models import Event
from portal.tenancy.models import Member

TIME_ZONE = "Europe/Berlin"
SATURDAY, WORKING = 5, 5


def set_back_event(subject: Model, kind: str, moment: datetime, **narrowed) -> None:
    """The last event of this kind about the subject happened at this moment."""
    event = Event.objects.about(type(subject), subject.pk).filter(kind=kind, **narrowed).latest("pk")
    delay = event.visible_from - event.happened_at
    event.happened_at, event.visible_from = moment, moment.astimezone(UTC) + delay
    event.save(update_fields=["happened_at", "visible_from"])


def set_back(row: Model, moment: datetime, *columns: str) -> None:
    """These columns of a row, as if it had been written at this moment."""
    type(row)._base_manager.filter(pk=row.pk).update(**dict.fromkeys(columns, moment))


def event_of(subject: Any, code: str, /, *, by: Member, at: datetime, **payload: Any) -> Event:
    """An event as portal.events.record writes it, not saved yet; whom it concerns was told in its time."""
    declared, client, at = kind_of(code), subject.client, at.astimezone(UTC)  # days of an embargo have 24 hours
    return Event(
        agency_id=subject.agency_id,
        client=client,
        project_id=subject.project_id,
        actor=by,
        side=by.side,
        kind=code,
        area=declared.area,
        internal=declared.internal,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        payload={"client": client.slug, **payload},
        happened_at=at,
        visible_from=delayed(at, client),
        recorded_at=at,
        delivered_at=at,
    )


def ids_for(model: type[Model], number: int) -> list[int]:
    """Ids that no other row of this table gets, for rows that point at each other before they are written."""
    with connection.cursor() as cursor:
        sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        cursor.execute(sequence, [model._meta.db_table, number])
        return [pk for (pk,) in cursor.fetchall()]


def working_day(ago: int, *, hours: float) -> datetime:
    """A moment of the working day that lies so many working days before today; hours after midnight, as clocks show them."""
    today = timezone.localdate(timezone=zone(TIME_ZONE))
    monday = today - timedelta(days=today.weekday())
    number = min(today.weekday(), SATURDAY) - ago
    day = monday + timedelta(days=number // WORKING * 7 + number % WORKING)
    minutes = round(hours * 60)
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone(TIME_ZONE))

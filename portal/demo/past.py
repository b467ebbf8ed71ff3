"""Actions happen now; the demo world has a past. What they wrote is moved there, and the embargo runs from there."""

from datetime import datetime

from django.db.models import Model

from portal.events.models import Event


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

"""The day of one entry, set by hand: held back, released early, or left to the delay again. Each with a reason, audited."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.jobs import enqueue
from portal.events.embargo import due_at, opened_at
from portal.events.models import Event
from portal.tenancy.models import Member
from timeline import tasks
from timeline.events import POSTED
from timeline.models import FAR, Activity, Decision, can_be_dated_by


class AlreadyVisible(Exception):
    """Outsiders may have read it; it can be corrected or taken back, not hidden."""


@transaction.atomic
def hold(event: Event, *, by: Member, reason: str, until: datetime | None = None) -> Event:
    """Not before that moment; without one, not before somebody says so."""
    event = _waiting(event, by)
    return _set(event, until or FAR, by=by, reason=reason, fixed_at=timezone.now())


@transaction.atomic
def release(event: Event, *, by: Member, reason: str) -> Event:
    """Outsiders see it from now on."""
    event, now = _waiting(event, by), timezone.now()
    event = _set(event, opened_at(event, now), by=by, reason=reason, fixed_at=now)
    if event.kind == POSTED:
        enqueue(tasks.announce, event.agency_id, Activity.objects.get(event=event).pk)
    return event


@transaction.atomic
def let_go(event: Event, *, by: Member, reason: str) -> Event:
    """The delay decides again."""
    event = _waiting(event, by)
    return _set(event, due_at(event, event.client), by=by, reason=reason, fixed_at=None)


def _waiting(event: Event, by: Member) -> Event:
    rows = Event.objects.select_related("client__agency", "actor__user").select_for_update(of=("self",))
    event = rows.get(pk=event.pk)
    if event.agency_id != by.agency_id or event.internal or not can_be_dated_by(by, event.client):
        raise PermissionDenied
    if event.visible_from <= timezone.now():
        raise AlreadyVisible
    return event


def _set(event: Event, moment: datetime, *, by: Member, reason: str, fixed_at: datetime | None) -> Event:
    Decision.objects.create(
        agency_id=event.agency_id, event=event, was=event.visible_from, visible_from=moment, reason=reason, by=by
    )
    event.visible_from, event.fixed_at = moment, fixed_at
    event.save(update_fields=["visible_from", "fixed_at"])
    return event

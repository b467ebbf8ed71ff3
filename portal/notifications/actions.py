"""Telling, reading, choosing."""

from django.db import transaction
from django.utils import timezone

from portal.events.models import Event
from portal.notifications import mails
from portal.notifications.audience import may_know
from portal.notifications.models import Notification, Preference
from portal.tenancy.models import Member

EVERYTHING = Preference(in_app=True, email=True)


@transaction.atomic
def tell(event: Event) -> None:
    """Reader of all events: tell whom the kind names, except the actor. A second call adds nobody and mails nobody."""
    kind = event.declared
    if kind.told is None:
        return
    told = [m for m in kind.told(event) if m.pk != event.actor_id and may_know(m, event)]
    wishes = {row.member_id: row for row in Preference.objects.filter(member__in=told, kind=event.kind)}
    for member in told:
        _tell(member, event, wishes.get(member.pk, EVERYTHING))


@transaction.atomic
def mark_read(member: Member, pk: int | None = None) -> None:
    """One notification, or all of the member's, are read."""
    rows = Notification.objects.visible_to(member).unread()
    rows = rows if pk is None else rows.filter(pk=pk)
    rows.update(read_at=timezone.now())


@transaction.atomic
def choose(member: Member, kind: str, *, in_app: bool, email: bool) -> None:
    """How the member wants to be told of a kind from now on."""
    wishes = {"in_app": in_app, "email": email}
    Preference.objects.update_or_create(agency_id=member.agency_id, member=member, kind=kind, defaults=wishes)


def _tell(member: Member, event: Event, wishes: Preference) -> None:
    if not (wishes.in_app or wishes.email):
        return
    row, is_new = Notification.objects.get_or_create(
        agency_id=event.agency_id,
        member=member,
        event=event,
        defaults={
            "client_id": event.client_id,
            "project_id": event.project_id,
            "actor_id": event.actor_id,
            "area": event.area,
            "kind": event.kind,
            "payload": event.payload,
            "in_app": wishes.in_app,
            "created_at": timezone.now(),
        },
    )
    if is_new and wishes.email:
        mails.send(row)
        row.mailed_at = timezone.now()
        row.save(update_fields=["mailed_at"])

"""Telling, reading, choosing."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from portal.core.jobs import enqueue
from portal.events.models import Event
from portal.notifications import tasks
from portal.notifications.audience import may_know
from portal.notifications.models import Delivery, Notification, Preference
from portal.tenancy.models import Member

EVERYTHING = Preference(in_app=True, email=True)


@transaction.atomic
def tell(event: Event) -> None:
    """Reader of all events: tell whom the kind names, except the actor. A second call adds nobody and mails nobody.

    An event whose payload says "quiet" is told under the bell alone: a mail about it might come back and cause the next, or was left
    out on purpose.
    """
    kind = event.declared
    if kind.told is None:
        return
    told = [m for m in kind.told(event) if m.pk != event.actor_id and may_know(m, event)]
    wishes = {row.member_id: row for row in Preference.objects.filter(member__in=told, kind=event.kind)}
    for member in told:
        _tell(member, event, wishes.get(member.pk, EVERYTHING))


@transaction.atomic
def mark_read(member: Member, notification: Notification | None = None) -> None:
    """One notification and whatever else was told about the same thing, or all of the member's, are read."""
    rows = Notification.objects.visible_to(member).unread()
    if notification:
        same = Q(subject_type=notification.subject_type, subject_id=notification.subject_id)
        rows = rows.filter(Q(pk=notification.pk) | same)
    rows.update(read_at=timezone.now())


@transaction.atomic
def mark_read_about(member: Member, subject: Model) -> None:
    """Whatever the member was told about this row is read, because he has opened it."""
    rows = Notification.objects.visible_to(member).unread().about(type(subject), subject.pk)
    rows.update(read_at=timezone.now())


@transaction.atomic
def forget_choices(member: Member) -> None:
    """Back to our suggestion: told of everything, both ways."""
    Preference.objects.visible_to(member).delete()


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
            "subject_type": event.subject_type,
            "subject_id": event.subject_id,
            "in_app": wishes.in_app,
            "created_at": timezone.now(),
        },
    )
    if is_new and wishes.email and not event.declared.has_own_mail and not event.payload.get("quiet"):
        _expect_mail(row, is_urgent=event.declared.urgent)


def _expect_mail(row: Notification, *, is_urgent: bool) -> None:
    """It is to be mailed soon, together with what happens until then; what is urgent, at once."""
    wait = timedelta(seconds=0 if is_urgent else settings.NOTIFICATION_BURST_SECONDS)
    delivery = Delivery.objects.create(
        agency_id=row.agency_id,
        notification=row,
        member_id=row.member_id,
        client_id=row.client_id,
        is_urgent=is_urgent,
        created_at=row.created_at,
        due_at=row.created_at + wait,
    )
    if not wait:
        enqueue(tasks.send, row.agency_id, delivery.pk)

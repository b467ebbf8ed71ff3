"""When people, clients and projects came: over the last years, one after the other, as in a house that has grown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Model, OuterRef, Q, Subquery
from django.utils import timezone

from mailbox.models import Mail, MailRead
from portal.demo.past import set_back, set_back_event
from portal.events.models import Event
from portal.notifications.models import Delivery, Notification, Outcome
from portal.tenancy.models import ClientAccess, Project, ProjectAccess
from protocols.models import Protocol, ProtocolRead

if TYPE_CHECKING:
    from portal.demo.places import Place

STAFF_SINCE, CLIENTS_SINCE, PROJECTS_SINCE = (timedelta(days=days) for days in (1460, 720, 330))
SHARED_AFTER, READ_AFTER, UNREAD_SINCE = timedelta(days=1), timedelta(hours=3), timedelta(days=5)
KEPT_SINCE = timedelta(days=10)
MAILED_AFTER = timedelta(minutes=5)
OF_MAILS = Q(kind__startswith="mail.")


def of_place(place: Place) -> None:
    """All rows of one agency that has just been built."""
    staff = [member for member in place.members.values() if member.is_specialist]
    others = [member for member in place.members.values() if not member.is_specialist]
    set_back(place.agency, _since(STAFF_SINCE), "created_at")
    _spread(staff, STAFF_SINCE, 110, "joined_at")
    for client in _spread(place.clients.values(), CLIENTS_SINCE, 170, "created_at"):
        set_back_event(client, "client.created", client.created_at)
    for project in _spread(Project.objects.order_by("pk"), PROJECTS_SINCE, 15, "created_at"):
        set_back_event(project, "project.created", project.created_at)
    _spread(others, PROJECTS_SINCE, 7, "joined_at")
    _accesses()


def _accesses() -> None:
    """Open from the day on which the person came, or the project began."""
    for access in ClientAccess.objects.select_related("member"):
        set_back(access, access.member.joined_at, "created_at", *(["limited_at"] if access.is_limited else []))
    for shared in ProjectAccess.objects.select_related("project"):
        begun = shared.project.created_at + SHARED_AFTER
        set_back(shared, begun, "created_at")
        whom = {"payload__vendor": shared.vendor_id, "payload__member": shared.member_id}
        set_back_event(shared.project, "project.shared", begun, **{key: pk for key, pk in whom.items() if pk})


def long_told(which: Q) -> None:
    """What is older than some days was told in its time, and nobody has kept the notices.

    Mails are filed while the rest is written: each side takes its own events, or they would wait for each other.
    """
    events = Event.objects.filter(which, delivered_at=None, happened_at__lt=_since(KEPT_SINCE))
    events.update(delivered_at=F("happened_at"), recorded_at=F("happened_at"))


def what_was_told() -> None:
    """Once all is delivered: people were told when it happened, and have read what is older than some days."""
    happened = Event.objects.filter(pk=OuterRef("event")).values("happened_at")
    Notification.objects.update(created_at=Subquery(happened))
    told = Notification.objects.filter(pk=OuterRef("notification")).values("created_at")
    Delivery.objects.update(created_at=Subquery(told))
    before = _since(UNREAD_SINCE)
    Notification.objects.filter(created_at__lt=before).update(read_at=F("created_at") + READ_AFTER)
    mailed = F("created_at") + MAILED_AFTER
    Delivery.objects.filter(created_at__lt=before).update(due_at=mailed, ended_at=mailed, outcome=Outcome.MAILED)
    Delivery.objects.waiting().update(
        due_at=timezone.now()
    )  # the news of these days is mailed now, and nothing is late


def what_was_read(place: Place) -> None:
    """Everybody has opened what is older than some days, the same day."""
    before = _since(UNREAD_SINCE)
    for member in place.members.values():
        protocols = Protocol.objects.visible_to(member).filter(published_at__lt=before).values_list("pk", flat=True)
        mails = (
            Mail.objects.visible_to(member).filter(held_at=None, received_at__lt=before).values_list("pk", flat=True)
        )
        own = {"agency_id": member.agency_id, "member": member}
        ProtocolRead.objects.bulk_create(
            [ProtocolRead(protocol_id=pk, **own) for pk in protocols], ignore_conflicts=True
        )
        MailRead.objects.bulk_create([MailRead(mail_id=pk, **own) for pk in mails], ignore_conflicts=True)
    ProtocolRead.objects.update(read_at=Subquery(_moment(Protocol, "protocol", "published_at")))
    MailRead.objects.update(read_at=Subquery(_moment(Mail, "mail", "received_at")))


def _moment(model: type[Model], name: str, column: str):
    """That column of the row to which `name` points, some hours later."""
    return model._base_manager.filter(pk=OuterRef(name)).annotate(later=F(column) + READ_AFTER).values("later")


def _spread(rows: Iterable[Model], since: timedelta, days: int, column: str) -> list:
    """The first came that long ago, each next one some days later, by day and not at night."""
    rows = list(rows)
    for number, row in enumerate(rows):
        moment = _since(since) + timedelta(days=days * number, minutes=37 * number)
        setattr(row, column, min(moment, _since(timedelta(days=30))))
        set_back(row, getattr(row, column), column)
    return rows


def _since(ago: timedelta) -> datetime:
    return (timezone.now() - ago).replace(hour=8, minute=12, second=0, microsecond=0)

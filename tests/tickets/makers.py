"""Making tickets, and telling people of what has happened."""

from django.utils import timezone

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.mail.models import OutgoingMail
from portal.notifications import bursts
from portal.notifications.models import Delivery
from tickets import actions
from tickets.models import TicketStatus, TicketType


def type_of(agency, code="bug"):
    """A type of the agency."""
    with tenant(agency.pk):
        return TicketType.objects.get(agency=agency, code=code)


def status_of(ticket, code):
    """A status of the ticket's type."""
    with tenant(ticket.agency_id):
        return TicketStatus.objects.get(agency_id=ticket.agency_id, type=ticket.type_id, code=code)


def open_for(client, by, *, kind="bug", title="Wrong shipping cost", **fields):
    """A ticket, with the agency's sight."""
    with tenant(client.agency_id):
        return actions.open_ticket(client, by=by, type=type_of(client.agency, kind), title=title, **fields)


def deliver(agency) -> list[OutgoingMail]:
    """Hand out all events and send all that waits; the mails that leave, oldest first."""
    with tenant(agency.pk):
        before = set(OutgoingMail.objects.values_list("pk", flat=True))
        for pk in Event.objects.filter(delivered_at=None).order_by("pk").values_list("pk", flat=True):
            delivery.deliver(pk)
        Delivery.objects.update(due_at=timezone.now())
        for pk in Delivery.objects.waiting().order_by("pk").values_list("pk", flat=True):
            bursts.send(pk)
        return list(OutgoingMail.objects.exclude(pk__in=before).order_by("pk"))


def mails_to(mails, member) -> list[OutgoingMail]:
    """Those to this person."""
    return [mail for mail in mails if mail.to == [member.user.email]]

"""What only the agency reads about a ticket."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.core.context import tenant
from portal.tenancy.models import Member
from tickets.actions.history import locked, note
from tickets.models import Ticket, WatchOut


@transaction.atomic
def keep_watch_out(ticket: Ticket, *, by: Member, text: str) -> None:
    """What whoever works on it has to mind; "" takes it away."""
    if not by.is_specialist or not ticket.can_be_changed_by(by):
        raise PermissionDenied
    words = {"text": text, "edited_at": timezone.now(), "edited_by": by}
    if text:
        WatchOut.objects.update_or_create(agency_id=ticket.agency_id, ticket=ticket, defaults=words)
    else:
        WatchOut.objects.filter(agency_id=ticket.agency_id, ticket=ticket).delete()


def doubt(ticket: Ticket) -> None:
    """Mark what came by a mail for which nobody vouches, until somebody makes sure; for the doors of mail.

    Until then its words are mailed to nobody but the agency's people.
    """
    with tenant(ticket.agency_id), translation.override(ticket.client.agency.language):
        text = _("It came by mail, and nobody vouches for the sender. Ask back before you act on it.")
        WatchOut.objects.get_or_create(agency_id=ticket.agency_id, ticket=ticket, defaults={"text": text})
        ticket.doubted_at, ticket.confirmed_at, ticket.confirmed_by = timezone.now(), None, None
        ticket.save(update_fields=["doubted_at", "confirmed_at", "confirmed_by"])


@transaction.atomic
def confirm(ticket: Ticket, *, by: Member) -> Ticket:
    """Somebody of the agency has made sure that it is from whom it says. A second call changes nothing."""
    ticket = locked(ticket)
    if not (by.is_specialist and ticket.can_be_changed_by(by)):
        raise PermissionDenied
    if not ticket.is_doubted:
        return ticket
    ticket.confirmed_at, ticket.confirmed_by = timezone.now(), by
    ticket.save(update_fields=["confirmed_at", "confirmed_by"])
    WatchOut.objects.filter(agency_id=ticket.agency_id, ticket=ticket, edited_by=None).delete()
    note(ticket, "confirmed", "", "", by=by, is_internal=True)
    return ticket

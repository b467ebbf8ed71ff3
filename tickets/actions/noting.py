"""What only the agency reads about a ticket."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Member
from tickets.actions.following import add_followers
from tickets.actions.history import locked, note, words_of
from tickets.copies import people_in_copy
from tickets.models import LinkKind, Ticket, WatchOut


@transaction.atomic
def keep_watch_out(ticket: Ticket, *, by: Member, text: str) -> None:
    """What whoever works on it has to mind; "" takes it away."""
    if not ticket.can_be_organised_by(by):
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
    """Somebody of the agency has made sure that it is from whom it says; the mail's people in copy follow from now on, and are told.

    A second call changes nothing.
    """
    ticket = locked(ticket)
    if not ticket.can_be_organised_by(by):
        raise PermissionDenied
    if not ticket.is_doubted:
        return ticket
    ticket.confirmed_at, ticket.confirmed_by = timezone.now(), by
    ticket.save(update_fields=["confirmed_at", "confirmed_by"])
    WatchOut.objects.filter(agency_id=ticket.agency_id, ticket=ticket, edited_by=None).delete()
    note(ticket, "confirmed", "", "", by=by, is_internal=True)
    for member in add_followers(ticket, _waiting_to_follow(ticket), by=by):
        record("ticket.shared", ticket, by=by, follower=member.pk, **words_of(ticket))
    return ticket


def _waiting_to_follow(ticket: Ticket) -> list[Member]:
    """The people in copy of the doubted mail, and of those that were merged into it while they were doubted."""
    with tenant(ticket.agency_id):
        merged = Ticket.objects.filter(agency_id=ticket.agency_id, links__other=ticket, links__kind=LinkKind.MERGED)
        doubted = merged.exclude(doubted_at=None).filter(confirmed_at=None).values_list("inbound_id", flat=True)
        mails = [pk for pk in (ticket.inbound_id, *doubted) if pk]
    return [member for pk in mails for member in people_in_copy(ticket.agency_id, pk)]

"""Mails to the client's ticket address, `<client>-<random>+ticket@<mail domain>`, open tickets.

Only for somebody whose address we know and to whom the client's tickets are open; any other mail waits in the tab Mails, where
a person decides. The mail itself lies there in every case. For the agency speaks only a mail for which the sender's domain
vouches; a contact's ticket without that is marked, and tells nobody outside the agency what it says until somebody has made sure.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.core.context import tenant
from portal.files.checking import FileRefused
from portal.mail.addresses import Recipient, tagged
from portal.mail.models import InboundMail, OutgoingMail
from portal.mail.parsed import FAILED, MAIL, ParsedMail
from portal.mail.personal import unsealed
from portal.mail.signs import signs_of
from portal.mail.uploads import sorted_files, words
from portal.tenancy.models import Client, Member
from portal.tenancy.scope import acting_as
from tickets import actions
from tickets.copies import people_in_copy
from tickets.models import Ticket, can_be_opened_by, usual_type

TAGS = ("ticket", "tickets")


def receive(inbound: InboundMail, parsed: ParsedMail, recipients: list[Recipient]) -> None:
    """Open a ticket at each client whose ticket address was written to; a second delivery changes nothing."""
    if (
        parsed.kind != MAIL
        or parsed.verdict == FAILED
        or OutgoingMail.objects.filter(message_id=parsed.message_id).exists()
    ):
        return
    for recipient in recipients:
        member = _sender_of(parsed, recipient.client) if recipient.tag in TAGS else None
        if member and signs_of(bytes(inbound.raw), None).is_single:
            _open_once(inbound, parsed, recipient.client, member)


def address_of(client_address: str) -> str:
    """The ticket address that belongs to a client's address."""
    return tagged(client_address, TAGS[0])


def _sender_of(parsed: ParsedMail, client: Client) -> Member | None:
    """The member whose address the mail carries, if he may open tickets there by such a mail."""
    if not parsed.sender.address:
        return None
    rows = Member.objects.filter(agency_id=client.agency_id).at_address(parsed.sender.address.strip())
    member = rows.admitted().complete().first()
    if member is None or not opens_tickets(member, client):
        return None
    return member if member.is_contact or parsed.speaks_for(member.user.email) else None


def opens_tickets(member: Member, client: Client) -> bool:
    """Whether a mail of this member to the ticket address becomes a ticket."""
    return may_ask(member, client) and (not member.is_contact or usual_type(client).is_open_to_contacts)


def may_ask(member: Member, client: Client) -> bool:
    """What of it depends on the member alone."""
    sees = member.sees_client(client) and member.sees_area(client, "tickets") and not member.goes_by_projects(client.pk)
    return sees and can_be_opened_by(member, client)


def _open_once(inbound: InboundMail, parsed: ParsedMail, client: Client, member: Member) -> None:
    opened = Ticket.objects.filter(agency_id=client.agency_id, client=client, content_key=parsed.content_key)
    if opened.exists():
        return
    try:
        with transaction.atomic(), translation.override(member.user.language or member.agency.language):
            ticket = _open(inbound, parsed, client, member)
    except IntegrityError:  # another delivery of the same mail was quicker
        if opened.exists():
            return
        raise
    if not parsed.speaks_for(member.user.email):
        actions.doubt(ticket)


def _open(inbound: InboundMail, parsed: ParsedMail, client: Client, member: Member) -> Ticket:
    """With the member's own sight."""
    with tenant(client.agency_id):
        kind = usual_type(client)
        followers = people_in_copy(client.agency_id, inbound.pk) if parsed.speaks_for(member.user.email) else []
    uploads, refusals = sorted_files(parsed.attachments)
    place: dict[str, Any] = {
        "by": member,
        "type": kind,
        "followers": followers,
        "inbound": inbound,
        "content_key": parsed.content_key,
    }
    title, said = (parsed.subject.strip() or _("Without a subject"))[:200], unsealed(parsed.text)
    with acting_as(member):
        try:
            with transaction.atomic():
                text = words(said, refusals)
                return actions.open_ticket(client, title=title, description=text, uploads=uploads, **place)
        except FileRefused as refused:
            text = words(said, [*refusals, *refused.messages])
            return actions.open_ticket(client, title=title, description=text, **place)

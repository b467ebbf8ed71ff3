"""A mail becomes a ticket with one click: its words, its files, and whoever wrote it."""

from django.db import IntegrityError, transaction

from mailbox.models import Mail
from portal.files.actions import copy_to
from portal.mail.parsed import VERIFIED
from portal.mail.uploads import LONGEST
from portal.tenancy.models import Member
from tickets import actions
from tickets.copies import people_in_copy
from tickets.models import Ticket, TicketFile, usual_type


def open_once(mail: Mail, *, by: Member) -> Ticket:
    """A second click, or the mail's own delivery to the ticket address, may be quicker."""
    try:
        return open_from(mail, by=by)
    except IntegrityError:
        if ticket := ticket_of(mail):
            return ticket
        raise


def ticket_of(mail: Mail) -> Ticket | None:
    """The ticket that was made of this mail."""
    rows = Ticket.objects.filter(agency_id=mail.agency_id, client_id=mail.client_id)
    return rows.exclude(content_key="").filter(content_key=mail.content_key).first()


@transaction.atomic
def open_from(mail: Mail, *, by: Member) -> Ticket:
    """In the name of whoever wrote the mail, if the client's tickets are open to him; the project is that of the mail.

    Its people in copy follow the ticket. When nobody vouches for the sender it is in nobody else's name, and marked as a mail to
    the ticket address would be.
    """
    is_certain = mail.author is not None or mail.verdict == VERIFIED
    writer = _writer_of(mail) if is_certain else None
    ticket = actions.open_ticket(
        mail.client,
        by=by,
        logger=writer,
        type=usual_type(mail.client),
        title=str(mail)[:200],
        description=mail.text[:LONGEST],
        project=mail.project,
        followers=people_in_copy(mail.agency_id, mail.inbound_id) if is_certain and mail.inbound_id else (),
        inbound_id=mail.inbound_id,
        content_key=mail.content_key,
    )
    _copy_files(mail, ticket)
    if not is_certain:
        actions.doubt(ticket)
    return ticket


def _copy_files(mail: Mail, ticket: Ticket) -> None:
    place = {"area": "tickets", "project": mail.project}
    copies = [copy_to(attachment.file, **place) for attachment in mail.attachments.select_related("file")]
    TicketFile.objects.bulk_create(TicketFile(agency_id=mail.agency_id, ticket=ticket, file=copy) for copy in copies)


def _writer_of(mail: Mail) -> Member | None:
    rows = Member.objects.filter(agency_id=mail.agency_id).at_address(mail.from_address).active()
    member = mail.author or rows.select_related("user", "role", "vendor").first()
    if member is None or member.goes_by_projects(mail.client_id) or not member.sees_client(mail.client):
        return None
    return member if member.sees_area(mail.client, "tickets") else None

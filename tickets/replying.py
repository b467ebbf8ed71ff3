"""An answer to a mail about a ticket becomes a comment of whoever was asked, for the circle that the mail was for."""

from functools import partial

from django.utils import translation

from portal.core.context import tenant
from portal.files.checking import FileRefused
from portal.mail import replies
from portal.mail.models import InboundMail
from portal.mail.parsed import Attachment
from portal.mail.uploads import sorted_files, words
from portal.tenancy.models import Member
from tickets import actions
from tickets.copies import people_in_copy
from tickets.events import PRIVATE, PUBLIC
from tickets.models import Ticket


def register() -> None:
    """Both kinds of answers. One mail about public and private words is answered privately."""
    replies.register(PUBLIC, partial(take, is_private=False), may=may)
    replies.register(PRIVATE, partial(take, is_private=True), may=may_privately, covers=PUBLIC, stays_inside=True)


def may(member: Member, ticket_id: int) -> bool:
    """Whether the member could comment on it now."""
    ticket = _visible_to(member).filter(pk=ticket_id).first()
    return ticket is not None and ticket.can_be_commented_by(member)


def may_privately(member: Member, ticket_id: int) -> bool:
    """The same, for private words."""
    return member.reads_private and may(member, ticket_id)


def take(
    member: Member, ticket_id: int, text: str, attachments: list[Attachment], inbound: InboundMail, *, is_private: bool
) -> None:
    """Comment in the member's name. Raises DoesNotExist or PermissionDenied when it is not open any more.

    What was merged is answered where it went on, as far as that is open to the member.
    """
    ticket = _visible_to(member).get(pk=ticket_id)
    with tenant(member.agency_id):
        into = actions.living(ticket)
    ticket = _visible_to(member).filter(pk=into).first() or ticket
    with translation.override(member.user.language or member.agency.language):
        uploads, refusals = sorted_files(attachments)
        say = partial(actions.comment, ticket, by=member, is_private=is_private, by_mail=True, inbound=inbound)
        try:
            said = say(text=words(text, refusals), uploads=uploads)
        except FileRefused as refused:  # the scanner has found something; nothing of that mail but its words
            said = say(text=words(text, [*refusals, *refused.messages]))
        actions.add_followers(said.ticket, people_in_copy(member.agency_id, inbound.pk), by=member)


def _visible_to(member: Member):
    return Ticket.objects.visible_to(member).select_related("client__agency", "project", "type")

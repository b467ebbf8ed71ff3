"""Links in mails that end the mails about one ticket, without signing in."""

from django.core import signing
from django.db import transaction
from django.urls import reverse

from portal.core.context import tenant
from portal.tenancy.models import Member
from portal.tenancy.scope import acting_as
from tickets.models import Ticket

SALT = "tickets.muting"


def path_for(member: Member, ticket_id: int) -> str:
    """The page that asks once more; inside `agency_urls`."""
    return reverse("desk:mute", args=[token_for(member, ticket_id)])


def token_for(member: Member, ticket_id: int) -> str:
    """The key to it. It stays valid, for mails are read late; all that it opens is fewer mails."""
    return signing.dumps([member.pk, ticket_id], salt=SALT)


@transaction.atomic
def choice_of(token: str, agency_id: int) -> tuple[Member, Ticket] | None:
    """Whose mails about which ticket a link ends; None when we have not made it, or the ticket is not open to the person any more."""
    try:
        member_id, ticket_id = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    with tenant(agency_id):
        members = Member.objects.filter(agency_id=agency_id).admitted()
        member = members.complete().filter(pk=member_id).first()
    if member is None:
        return None
    with acting_as(member):
        ticket = Ticket.objects.visible_to(member).select_related("client").filter(pk=ticket_id).first()
    return (member, ticket) if ticket else None

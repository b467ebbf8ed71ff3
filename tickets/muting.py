"""Links in mails that end the mails about one ticket, without signing in."""

from django.core import signing
from django.urls import reverse

from portal.tenancy.models import Member

SALT = "tickets.muting"


def path_for(member: Member, ticket_id: int) -> str:
    """The page that asks once more; inside `agency_urls`."""
    return reverse("desk:mute", args=[token_for(member, ticket_id)])


def token_for(member: Member, ticket_id: int) -> str:
    """The key to it. It stays valid, for mails are read late; all that it opens is fewer mails."""
    return signing.dumps([member.pk, ticket_id], salt=SALT)


def read(token: str) -> tuple[int, int] | None:
    """Ids of member and ticket; None when we have not made the link."""
    try:
        member_id, ticket_id = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return member_id, ticket_id

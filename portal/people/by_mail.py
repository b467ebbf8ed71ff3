"""Links in mails about requests for access, by which those who may decide answer without signing in."""

from django.core import signing
from django.urls import reverse

from portal.tenancy.models import Member

SALT = "portal.people.by_mail"
VALID_SECONDS = 7 * 24 * 3600


def path_for(member: Member, request_id: int) -> str:
    """The page that asks once more; inside `agency_urls`."""
    return reverse("people:answer_by_mail", args=[token_for(member, request_id)])


def token_for(member: Member, request_id: int) -> str:
    """The key to it, which lasts a week."""
    return signing.dumps([member.pk, request_id], salt=SALT)


def read(token: str) -> tuple[int, int] | None:
    """Ids of member and request; None when we have not made the link, or it is too old."""
    try:
        member_id, request_id = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    return member_id, request_id

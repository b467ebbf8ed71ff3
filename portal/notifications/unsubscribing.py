"""Switching mails of some kinds off from the mail itself, without signing in (RFC 8058). The bell stays."""

from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.urls import reverse

from portal.core.context import tenant
from portal.events.kinds import Kind, told_kinds
from portal.notifications.models import Preference
from portal.tenancy.models import Member

SALT = "portal.notifications.unsubscribing"


@dataclass(frozen=True)
class Choice:
    """Whose mails of which kinds a link switches off."""

    member: Member
    kinds: list[Kind]

    @property
    def labels(self) -> list[str]:
        return [str(kind.label) for kind in self.kinds]


def path_for(member: Member, kinds: set[str]) -> str:
    """The page that switches these kinds off; inside `agency_urls`."""
    return reverse("notifications:unsubscribe", args=[token_for(member, kinds)])


def token_for(member: Member, kinds: set[str]) -> str:
    """The key to it. It stays valid, for mails are read late; all that it opens is fewer mails."""
    return signing.dumps([member.pk, sorted(kinds)], salt=SALT)


def headers(url: str) -> dict[str, str]:
    """For the button that mail programs show. One click needs https, or anybody on the way could press it."""
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url.startswith("https://") else {}
    return {"List-Unsubscribe": f"<{url}>", **one_click}


def choice_of(token: str, agency_id: int) -> Choice | None:
    """What the link of this agency is about; None when we have not made it, or the person has no place here any more."""
    try:
        member_id, codes = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    with tenant(agency_id), transaction.atomic():
        members = Member.objects.filter(agency_id=agency_id, ended_at=None)
        member = members.select_related("user").filter(pk=member_id).first()
    kinds = [kind for kind in told_kinds() if kind.code in codes]
    return Choice(member, kinds) if member and kinds else None


def switch_off(choice: Choice) -> None:
    """No more mails of these kinds. A second time changes nothing."""
    member = choice.member
    with tenant(member.agency_id), transaction.atomic():
        for kind in choice.kinds:
            Preference.objects.update_or_create(
                agency_id=member.agency_id, member=member, kind=kind.code, defaults={"email": False}
            )

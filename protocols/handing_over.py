"""What a leaving specialist leaves unwritten: drafts, which somebody else finishes."""

from django.utils.translation import gettext_lazy as _

from portal.people.handover import Handover
from portal.tenancy.models import Member
from protocols.models import Protocol


def drafts_of(member: Member) -> int:
    """How many protocols the member has begun and not published."""
    return _drafts(member).count()


def hand_over(member: Member, to: Member) -> None:
    """They are drafts of the other now."""
    _drafts(member).update(author=to)


def _drafts(member: Member):
    return Protocol.objects.filter(agency_id=member.agency_id, author=member).drafts()


DRAFTS = Handover(_("Drafts of protocols"), drafts_of, hand_over)

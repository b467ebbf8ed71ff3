"""What a leaving specialist leaves undone: drafts, which somebody else finishes, and action items."""

from django.utils.translation import gettext_lazy as _

from portal.people.handover import Handover
from portal.tenancy.models import Member
from protocols.actions import doing
from protocols.models import ActionItem, Protocol


def drafts_of(member: Member) -> int:
    """How many protocols the member has begun and not published."""
    return _drafts(member).count()


def hand_over(member: Member, to: Member) -> None:
    """They are drafts of the other now."""
    _drafts(member).update(author=to)


def _drafts(member: Member):
    return Protocol.objects.filter(agency_id=member.agency_id, author=member).drafts()


def tasks_of(member: Member) -> int:
    """How many action items wait for the member."""
    return _tasks(member).count()


def hand_tasks_over(member: Member, to: Member) -> None:
    """Each is told to the one who does it now."""
    for item in _tasks(member).select_for_update(of=("self",)).select_related("client", "protocol").order_by("pk"):
        doing.hand_over(item, to=to)


def _tasks(member: Member):
    return ActionItem.objects.filter(agency_id=member.agency_id).open().mine(member)


DRAFTS = Handover(_("Drafts of protocols"), drafts_of, hand_over)
ACTION_ITEMS = Handover(_("Action items to do"), tasks_of, hand_tasks_over)

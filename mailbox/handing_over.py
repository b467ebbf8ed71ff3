"""What a leaving specialist leaves open: threads that he or she was to answer."""

from django.utils.translation import gettext_lazy as _

from mailbox.models import Thread
from portal.people.handover import Handover
from portal.tenancy.models import Member


def _open(member: Member):
    return Thread.objects.filter(agency_id=member.agency_id, assignee=member, answered_at=None).shown()


def _count(member: Member) -> int:
    return _open(member).count()


def _hand_over(member: Member, to: Member) -> None:
    _open(member).update(assignee=to)


ASSIGNED = Handover(_("Mails to answer"), _count, _hand_over)

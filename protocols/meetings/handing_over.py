"""Meetings that somebody would have led who leaves: somebody else does. And the seat of whoever was merged with another."""

from django.utils.translation import gettext_lazy as _

from portal.people.handover import Handover
from portal.tenancy.models import Member
from protocols.models import Meeting, MeetingSeries


def meetings_of(member: Member) -> int:
    """How many lie ahead."""
    return _meetings(member).coming().count()


def hand_over(member: Member, to: Member) -> None:
    """Coming ones, series that go on, and what is still to be written."""
    _meetings(member).coming().update(leader=to)
    _meetings(member).unwritten().update(leader=to)
    MeetingSeries.objects.filter(agency_id=member.agency_id, leader=member, ended_at=None).update(leader=to)


def take_seat(member: Member, into: Member) -> None:
    """Two places are one person's: whom a series invites again and again is the one that stays."""
    for series in MeetingSeries.objects.filter(agency_id=member.agency_id, guest_ids__contains=[member.pk]):
        series.guest_ids = sorted({*series.guest_ids, into.pk} - {member.pk})
        series.save(update_fields=["guest_ids"])


def _meetings(member: Member):
    return Meeting.objects.filter(agency_id=member.agency_id, leader=member)


MEETINGS = Handover(_("Meetings to lead"), meetings_of, hand_over)

"""What a leader who leaves would have led and written: somebody else does. And the seat of whoever was merged with another."""

from django.utils.translation import gettext_lazy as _

from portal.people.handover import Handover
from portal.tenancy.models import Member
from protocols.meetings.unwritten import asked_for
from protocols.models import Meeting, MeetingSeries


def meetings_of(member: Member) -> int:
    """How many lie ahead."""
    return _meetings(member).coming().count()


def hand_over(member: Member, to: Member) -> None:
    """Coming ones, and series that go on."""
    _meetings(member).coming().update(leader=to)
    MeetingSeries.objects.filter(agency_id=member.agency_id, leader=member, ended_at=None).update(leader=to)


def unwritten_of(member: Member) -> int:
    """Of how many meetings the member has still to write the protocol."""
    return asked_for(_meetings(member)).count()


def hand_unwritten_over(member: Member, to: Member) -> None:
    """The other writes them, and is reminded of them anew."""
    asked_for(_meetings(member)).update(leader=to, reminders=0, reminded_at=None)


def take_seat(member: Member, into: Member) -> None:
    """Two places are one person's: whom a series invites again and again is the one that stays."""
    for series in MeetingSeries.objects.filter(agency_id=member.agency_id, guest_ids__contains=[member.pk]):
        series.guest_ids = sorted({*series.guest_ids, into.pk} - {member.pk})
        series.save(update_fields=["guest_ids"])


def _meetings(member: Member):
    return Meeting.objects.filter(agency_id=member.agency_id, leader=member)


MEETINGS = Handover(_("Meetings to lead"), meetings_of, hand_over)
UNWRITTEN = Handover(_("Protocols to write"), unwritten_of, hand_unwritten_over)

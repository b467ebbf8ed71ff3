"""What can happen to meetings, and who is told. Invitations go out by protocols.meetings.invitations, with the calendar in them."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind
from portal.events.models import Event
from portal.notifications.audience import deciders, everybody
from portal.tenancy.models import Member
from protocols.models import Meeting, MeetingGuest


def _guests(event: Event) -> QuerySet[Member]:
    """Whoever is invited; of those who came later only they, when the event names them."""
    rows = MeetingGuest.objects.filter(agency_id=event.agency_id, meeting_id=event.payload["meeting"])
    told = everybody(event).filter(pk__in=rows.values("member_id"))
    return told.filter(pk__in=event.payload["guests"]) if "guests" in event.payload else told


def _left_out(event: Event) -> QuerySet[Member]:
    """Whoever was invited and is not any more."""
    return everybody(event).filter(pk__in=event.payload["guests"])


def _house(event: Event) -> QuerySet[Member]:
    """Of the agency: who is to lead it, who is invited, and who answers for it."""
    concerned = Q(pk__in=_leader_of(event)) | Q(pk__in=_guests(event).values("pk"))
    concerned |= Q(pk__in=deciders(event).values("pk"))
    return everybody(event).filter(concerned, kind="specialist")


def _leader(event: Event) -> QuerySet[Member]:
    return everybody(event).filter(pk__in=_leader_of(event))


def _leader_of(event: Event):
    rows = Meeting.objects.filter(agency_id=event.agency_id, pk=event.payload["meeting"])
    return rows.values("leader_id")


def _named(event: Event) -> QuerySet[Member]:
    """The leader, or who stands in for him."""
    return everybody(event).filter(pk=event.payload["member"])


def _link(event: Event) -> str:
    return reverse("protocols:meeting", args=[event.payload["client"], event.payload["meeting"]])


def _kind(code: str, title, label, told, **more) -> Kind:
    return Kind(code, title, label=label, told=told, icon="calendar", timeline=False, link=_link, **more)


KINDS = (
    _kind("meeting.planned", _("Invitation: %(title)s"), _("Invitations to meetings"), _guests, has_own_mail=True),
    _kind("meeting.moved", _("New date: %(title)s"), _("Meetings that are moved"), _guests, has_own_mail=True),
    _kind(
        "meeting.cancelled",
        _("Does not take place: %(title)s"),
        _("Meetings that are called off"),
        _guests,
        has_own_mail=True,
    ),
    _kind("meeting.uninvited", _("No longer invited: %(title)s"), _("Invitations that are taken back"), _left_out, has_own_mail=True),
    _kind("meeting.confirmed", _("Confirmed: %(title)s"), _("Proposed meetings that are confirmed"), _guests, has_own_mail=True),
    _kind("meeting.proposed", _("Meeting proposed: %(title)s"), _("Meetings that clients propose"), _house, members=("specialist",)),
    _kind(
        "meeting.answered",
        _("%(name)s has answered: %(title)s"),
        _("Answers to invitations"),
        _leader,
        internal=True,
        members=("specialist",),
    ),
    _kind(
        "meeting.unwritten",
        _("No protocol yet: %(title)s"),
        _("Meetings without a protocol"),
        _named,
        internal=True,
        members=("specialist",),
    ),
)  # fmt: skip

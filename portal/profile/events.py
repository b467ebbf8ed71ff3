"""What can happen to profiles, and who is told."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind
from portal.events.models import Event
from portal.notifications.audience import deciders, everybody, readers
from portal.profile.models import Proposal
from portal.tenancy.models import Member

BOTH = ("specialist", "contact")


def _told_of_decision(event: Event) -> QuerySet[Member]:
    """Whoever proposed it."""
    return everybody(event).filter(pk__in=_proposers(event))


def _told_of_taking(event: Event) -> QuerySet[Member]:
    """The profile has changed: all readers, and whoever proposed it."""
    ids = readers(event).values("pk")
    return everybody(event).filter(Q(pk__in=ids) | Q(pk__in=_proposers(event)))


def _proposers(event: Event):
    return Proposal.objects.filter(agency_id=event.agency_id, pk=event.subject_id).values("by_id")


def _link(event: Event) -> str:
    page = reverse("profile:index", args=[event.payload["client"]])
    section = event.payload.get("section_id")
    return f"{page}#section-{section}" if section else page


def _link_to_proposal(event: Event) -> str:
    return reverse("profile:proposal", args=[event.payload["client"], event.payload["proposal_id"]])


KINDS = (
    Kind(
        "profile.changed",
        _("Profile changed: %(section)s (%(fields)s)"),
        label=_("Changes of the profile"),
        icon="profile",
        told=readers,
        link=_link,
        members=BOTH,
    ),
    Kind("profile.noted", _("Profile, internal: %(section)s (%(fields)s)"), icon="profile", internal=True, link=_link),
    Kind("profile.confirmed", _("Profile confirmed: %(section)s"), icon="ok", link=_link),
    Kind(
        "profile.proposed",
        _("Change of the profile proposed: %(label)s"),
        label=_("Proposals for the profile"),
        icon="edit",
        told=deciders,
        link=_link_to_proposal,
        members=("specialist",),
    ),
    Kind(
        "profile.taken_in",
        _("Proposal for the profile taken in: %(label)s"),
        label=_("Proposals for the profile taken in"),
        icon="ok",
        told=_told_of_taking,
        link=_link,
        members=BOTH,
    ),
    Kind(
        "profile.declined",
        _("Proposal for the profile declined: %(label)s"),
        label=_("Own proposals declined"),
        icon="edit",
        told=_told_of_decision,
        link=_link_to_proposal,
        members=("contact",),
    ),
    Kind(
        "profile.due",
        _("Is the profile still right? Please confirm: %(sections)s"),
        label=_("Reminders to confirm the profile"),
        icon="profile",
        timeline=False,
        told=readers,
        link=_link,
        members=BOTH,
    ),
)

"""What happens to people, clients and projects. None of it makes a row on the timeline."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind, Said
from portal.notifications.audience import everybody
from portal.people import by_mail
from portal.tenancy.models import Member

SECURITY: dict[str, Any] = {"area": "security", "timeline": False}
INTERNAL: dict[str, Any] = {"timeline": False, "internal": True}


def _sharers(event):
    """Those with whom a project was shared: one member, or everybody of an organisation."""
    member, vendor = event.payload.get("member"), event.payload.get("vendor")
    return everybody(event).filter(vendor_id=vendor) if vendor else everybody(event).filter(pk=member)


def _shared_project(event) -> str:
    return reverse("shared_project", args=[event.payload["client"], event.payload["slug"]])


def _deciders(event):
    """The account manager, and whoever keeps the agency's people."""
    manager = event.client.manager_id if event.client else None
    keepers = Q(role__permissions__contains=["manage_people"], kind="specialist")
    return everybody(event).filter(keepers | Q(pk=manager or 0))


def _request_page(event) -> str:
    return reverse("people:access_request", args=[event.payload["request"]])


def _answer(event, member):
    """The page that answers it without signing in."""
    return _("Answer the request"), by_mail.path_for(member, event.payload["request"])


def _asker(event):
    return everybody(event).filter(pk=event.payload["member"])


def _home_of_client(event) -> str:
    return reverse("client_home", args=[event.payload["client"]])


def _inviter(event):
    """Whoever sent the invitation that was accepted."""
    return Member.objects.filter(agency_id=event.agency_id, pk=event.payload.get("invited_by"), ended_at=None)


def _successor(event):
    return everybody(event).filter(pk=event.subject_id)


def _my_day(event) -> str:
    return reverse("my_day")


def _what_was_open(event, member) -> Said:
    """Each sort and how many, as the member's language has it."""
    lines = (f"- {gettext(label)}: {number}" for label, number in event.payload["open"])
    return Said(gettext("What was open"), "\n".join(lines))


KINDS = (
    Kind("member.invited", _("%(name)s was invited"), icon="send", **SECURITY),
    Kind(
        "member.joined",
        _("%(name)s has joined"),
        label=_("People whom you invited have joined"),
        icon="user",
        told=_inviter,
        members=("specialist", "contact"),
        **SECURITY,
    ),
    Kind("member.changed", _("What is open to %(name)s has changed"), icon="users", **SECURITY),
    Kind("member.ended", _("%(name)s no longer has a place here"), icon="logout", **SECURITY),
    Kind(
        "work.handed_over",
        _("You take over from %(name)s"),
        label=_("Work that you take over from somebody who leaves"),
        icon="users",
        told=_successor,
        link=_my_day,
        quote=_what_was_open,
        members=("specialist",),
        **INTERNAL,
    ),
    Kind("member.merged", _("%(other)s and %(name)s are one person now"), icon="users", **INTERNAL),
    Kind("client.created", _("New client: %(name)s"), icon="building", **INTERNAL),
    Kind("client.changed", _("%(name)s was changed"), icon="building", **INTERNAL),
    Kind("client.archived", _("%(name)s was archived"), icon="building", **INTERNAL),
    Kind("client.restored", _("%(name)s is open again"), icon="building", **INTERNAL),
    Kind("client.ended", _("The work for %(name)s ends"), icon="building", **INTERNAL),
    Kind("project.created", _("New project: %(name)s"), icon="board", **INTERNAL),
    Kind("project.archived", _("The project %(name)s was archived"), icon="board", **INTERNAL),
    Kind("project.restored", _("The project %(name)s is open again"), icon="board", **INTERNAL),
    Kind(
        "project.shared",
        _("%(name)s was shared with %(whom)s"),
        label=_("Projects shared with you"),
        icon="board",
        timeline=False,
        told=_sharers,
        link=_shared_project,
        members=("specialist", "vendor"),
        of_projects=True,
        urgent=True,
    ),
    Kind(
        "access.requested",
        _("%(name)s asks for access to %(place)s"),
        label=_("Requests for access"),
        icon="key",
        told=_deciders,
        link=_request_page,
        offer=_answer,
        members=("specialist",),
        urgent=True,
        **INTERNAL,
    ),
    Kind(
        "access.granted",
        _("%(place)s is open to you now"),
        label=_("Access that was given to you"),
        icon="key",
        timeline=False,
        told=_asker,
        link=_home_of_client,
        area="tickets",
        urgent=True,
    ),
    Kind("project.unshared", _("%(name)s is no longer shared with %(whom)s"), icon="users", **INTERNAL),
)

"""Who can be invited to a meeting of a client: whoever sees it there. Nobody learns of people of other clients here."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from portal.core.context import tenant
from portal.tenancy.models import Client, ClientAccess, Member, Project, ProjectAccess
from portal.tenancy.models.role import Area, Permission
from protocols.models import Meeting, MeetingGuest


def possible_guests(client: Client, project: Project | None = None) -> QuerySet[Member]:
    """Specialists who see the client, contacts with the area work there, and vendors with whom the project is shared.

    Lazy, so it must be read with the agency's sight: outsiders do not see who else has which access.
    """
    accesses = ClientAccess.objects.filter(agency_id=client.agency_id, client=client)
    accesses = accesses.opening(Area.WORK, project.pk if project else None)
    shares = ProjectAccess.objects.filter(agency_id=client.agency_id, client=client)
    specialists = Q(role__permissions__contains=[Permission.ALL_CLIENTS]) | Q(pk__in=shares.values("member_id"))
    here = shares.filter(project=project) if project else shares.none()
    vendors = Q(pk__in=here.values("member_id")) | Q(vendor_id__in=here.values("vendor_id"))
    rows = Member.objects.filter(agency_id=client.agency_id).active().select_related("user", "role", "vendor")
    return rows.filter(
        Q(specialists, kind="specialist")
        | Q(kind="contact", pk__in=accesses.values("member_id"))
        | Q(vendors, kind="vendor")
    ).order_by("user__name", "pk")


def people_for(client: Client) -> list[Member]:
    """Everybody who may be invited to any meeting of the client, with those of all its projects, by name."""
    shares = ProjectAccess.objects.filter(agency_id=client.agency_id, client=client)
    with tenant(client.agency_id):
        found = {member.pk: member for member in possible_guests(client)}
        outsiders = Member.objects.filter(agency_id=client.agency_id).exclude(kind="specialist").active()
        shared = Q(pk__in=shares.values("member_id")) | Q(vendor_id__in=shares.values("vendor_id"))
        found |= {member.pk: member for member in outsiders.filter(shared).select_related("user", "role", "vendor")}
    return sorted(found.values(), key=lambda member: (str(member), member.pk))


def allowed(client: Client, project: Project | None, wanted: Iterable[int]) -> list[int]:
    """Of these members those who may be invited."""
    with tenant(client.agency_id):
        return list(possible_guests(client, project).filter(pk__in=list(wanted)).values_list("pk", flat=True))


@dataclass(frozen=True)
class Changed:
    """Ids of members who are invited newly, and of those who are not any more."""

    added: list[int]
    left_out: list[int]


def invite(meeting: Meeting, members: Iterable[int]) -> Changed:
    """Exactly these are invited from now on; answers of those who stay are kept."""
    wanted = set(members)
    rows = MeetingGuest.objects.filter(agency_id=meeting.agency_id, meeting=meeting)
    there = set(rows.values_list("member_id", flat=True))
    rows.exclude(member__in=wanted).delete()
    found = Changed(sorted(wanted - there), sorted(there - wanted))
    MeetingGuest.objects.bulk_create(
        MeetingGuest(agency_id=meeting.agency_id, meeting=meeting, member_id=pk) for pk in found.added
    )
    return found

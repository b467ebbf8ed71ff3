"""Who may do what with people and clients. Shown by the templates, enforced by the actions."""

from django.db import transaction
from django.db.models import QuerySet

from portal.accounts.models import User
from portal.core.context import tenant
from portal.tenancy.models import Client, Member, Project, Role, Vendor
from portal.tenancy.models.access import Level
from portal.tenancy.models.role import Area
from portal.tenancy.scope import memberships_of


def manages_people(by: Member) -> bool:
    """Staff who invite and change members."""
    return by.is_specialist and by.can("manage_people")


def manages_clients(by: Member) -> bool:
    """Staff who create and change clients, projects and vendors."""
    return by.is_specialist and by.can("manage_clients")


def manages_agency(by: Member) -> bool:
    """Staff who change the agency's settings."""
    return by.is_specialist and by.can("manage_agency")


def who_can_take_over(agency_id: int) -> QuerySet[Member]:
    """Specialists to whom work can be given: they are here, and their role writes."""
    rows = Member.objects.active().filter(agency_id=agency_id, kind="specialist").select_related("user", "role")
    return rows.filter(role__permissions__contains=["write"]).order_by("user__name")


def can_take_over(member: Member, agency_id: int) -> bool:
    """Whether this is one of them."""
    here = member.agency_id == agency_id and member.ended_at is None
    return here and member.is_specialist and member.can("write")


def own_areas(client: Client, by: Member) -> set[str]:
    """The areas of a client that a contact has himself."""
    return {area for access in by.accesses if access.client_id == client.pk for area in access.areas}


def looks_after_people_of(client: Client | None, by: Member) -> bool:
    """A contact with the area "security" invites colleagues of the own client; a closed client takes nobody in."""
    return (
        client is not None
        and by.is_contact
        and not client.is_read_only
        and by.can("write")
        and Area.SECURITY in own_areas(client, by)
    )


def can_grant(role: Role, by: Member) -> bool:
    """A role may be given by whoever has all of its permissions; contacts and vendors have theirs from the agency."""
    return (by.is_specialist and role.kind != "specialist") or set(role.permissions) <= set(by.role.permissions)


def member_can_be_changed_by(member: Member, by: Member) -> bool:
    """Role, position, access: nobody changes people who may do more than himself."""
    return member.agency_id == by.agency_id and manages_people(by) and can_grant(member.role, by)


def may_reset(asker: User, user: User) -> bool:
    """Whether the first person may change the second one in an agency where both have a place."""
    with transaction.atomic():
        places = {member.agency_id: member.pk for member in memberships_of(user.pk)}
        for by in memberships_of(asker.pk):
            if by.agency_id in places:
                with tenant(by.agency_id):
                    pair = Member.objects.complete().in_bulk([by.pk, places[by.agency_id]])
                    if member_can_be_changed_by(pair[places[by.agency_id]], pair[by.pk]):
                        return True
    return False


def areas_can_be_changed_by(member: Member, client: Client, by: Member) -> bool:
    """Staff change every contact's areas, a contact those of colleagues, never the own."""
    if not member.is_contact or member.agency_id != by.agency_id:
        return False
    return manages_people(by) or (looks_after_people_of(client, by) and member.pk != by.pk)


def project_can_be_changed_by(project: Project, by: Member) -> bool:
    """Name, archive, sharing: whoever keeps the agency's clients and sees this one."""
    return project.agency_id == by.agency_id and manages_clients(by)


def project_can_be_shared_by(project: Project, by: Member) -> bool:
    """Whoever keeps the clients, and whoever it is shared with to be managed; see can_share_with."""
    if project_can_be_changed_by(project, by):
        return True
    access = by.project_accesses.get(project.pk) if by.agency_id == project.agency_id else None
    return access is not None and access.level == Level.MANAGE and by.can_write_for(project.client)


def can_share_with(whom: Member | Vendor, by: Member) -> bool:
    """The agency's people share with everybody; managers outside it with colleagues, one by one, and never with themselves."""
    if whom.agency_id != by.agency_id:
        return False
    if by.is_specialist:
        return True
    # Two contacts have no vendor; that they are of one client follows from the project (may_have).
    return isinstance(whom, Member) and (whom.kind, whom.vendor_id) == (by.kind, by.vendor_id) and whom.pk != by.pk


def may_grant(level: str, by: Member) -> bool:
    """Only the agency makes managers of a project, and only the agency changes what it gave them."""
    return by.is_specialist or level != Level.MANAGE


def may_have(whom: Member | Vendor, project: Project) -> bool:
    """A provider works only for the client that engaged it, suppliers and people of the agency for all. Contacts have single
    projects where their access is limited to such."""
    if isinstance(whom, Member) and whom.is_contact:
        return project.client_id in whom.limited_client_ids
    vendor = whom.vendor if isinstance(whom, Member) else whom
    return vendor is None or vendor.client_id in (None, project.client_id)

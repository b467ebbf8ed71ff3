"""Making agencies, clients, projects and places in them. Whoever may do so is asked by the app that offers it (people)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import User
from portal.core.context import SHARED_AREAS, tenant
from portal.tenancy.models import (
    Agency,
    AgencyAddress,
    Calendar,
    Client,
    ClientAccess,
    Member,
    Project,
    ProjectAccess,
    Role,
    Vendor,
)
from portal.tenancy.presets import ROLES
from portal.tenancy.reserved import CLIENT_WORDS
from portal.tenancy.slugs import slugify

furnishers: list[Callable[[Agency], None]] = []
"""What apps above put into every new agency; set in their AppConfig.ready."""


@transaction.atomic
def create_agency(*, name: str, slug: str, owner: User, **fields) -> Agency:
    """A new tenant with its preset roles, a Monday-to-Friday calendar, its owner as first member, and what apps put in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenancy_agency', 'id'))")
        agency_id = cursor.fetchone()[0]
    with tenant(agency_id):
        agency = Agency.objects.create(pk=agency_id, name=name, slug=slug, **fields)
        AgencyAddress.objects.create(name=slug, agency=agency)
        for (kind, code), (label, permissions) in ROLES.items():
            Role.objects.create(agency=agency, kind=kind, code=code, name=label, permissions=permissions)
        Calendar.objects.create(agency=agency, name=name[:60], time_zone=agency.time_zone, is_default=True)
        add_member(agency, owner, kind="specialist", role="owner")
        for furnish in furnishers:
            furnish(agency)
    return agency


@transaction.atomic
def move_to_host(agency: Agency, host: str) -> None:
    """Serve the agency at a domain of its own; "" brings it back under its slug. The domain must be free.

    The address under the slug leads there for ever, so links that were sent stay good.
    """
    with tenant(agency.pk):
        AgencyAddress.objects.filter(agency=agency, name=agency.host).delete()
        agency.host = host
        agency.save(update_fields=["host"])
        if host:
            AgencyAddress.objects.create(name=host, agency=agency)


def add_member(agency: Agency, user: User, *, kind: str, role: str, vendor: Vendor | None = None, **fields) -> Member:
    """Give a person a place; a place that had ended is opened again, and counts from now on."""
    if Member.objects.filter(agency=agency, user=user, ended_at__isnull=False).exists():
        fields = {"joined_at": timezone.now(), **fields}
    found = Role.objects.get(agency=agency, kind=kind, code=role)
    member, _created = Member.objects.update_or_create(
        agency=agency,
        user=user,
        defaults={"kind": kind, "role": found, "vendor": vendor, "ended_at": None, **fields},
    )
    return member


def create_client(agency: Agency, *, name: str, slug: str = "", **fields) -> Client:
    """A company; its address is made from its name unless given."""
    slug = slug or _free_slug(Client.objects.filter(agency=agency), slugify(name), CLIENT_WORDS)
    return Client.objects.create(agency=agency, name=name, slug=slug, **fields)


def create_project(client: Client, *, name: str, slug: str = "", **fields) -> Project:
    """An engagement of a client."""
    slug = slug or _free_slug(Project.objects.filter(client=client), slugify(name, "project"), ("new",))
    return Project.objects.create(agency_id=client.agency_id, client=client, name=name, slug=slug, **fields)


@transaction.atomic
def set_access(member: Member, client: Client, areas: list[str]) -> None:
    """What a contact sees of a client; no area takes the client away.

    Whether it is limited to some projects stays as it is; then the areas of the whole company are left out.
    """
    place: dict[str, Any] = {"agency_id": member.agency_id, "member": member, "client": client}
    if ClientAccess.objects.filter(**place, limited_at__isnull=False).exists():
        areas = [area for area in areas if area in SHARED_AREAS]
    if areas:
        ClientAccess.objects.update_or_create(**place, defaults={"areas": areas})
    else:
        ClientAccess.objects.filter(**place).delete()
        ProjectAccess.objects.filter(**place).delete()
    refresh_shared_clients(member)


@transaction.atomic
def limit_access(member: Member, client: Client, levels: dict[Project, str], *, by: Member | None = None) -> None:
    """From now on only these projects of the client are open to the contact, each at its level; perhaps none.

    Areas of the whole company go: sums and access are of no project.
    """
    row = ClientAccess.objects.select_for_update().get(agency_id=member.agency_id, member=member, client=client)
    row.areas = [area for area in row.areas if area in SHARED_AREAS]
    if row.limited_at is None:
        row.limited_at, row.limited_by = timezone.now(), by
    row.save(update_fields=["areas", "limited_at", "limited_by"])
    shares = ProjectAccess.objects.filter(agency_id=member.agency_id, member=member, client=client)
    shares.exclude(project__in=levels).delete()
    for project, level in levels.items():
        share_project(project, level=level, member=member)


@transaction.atomic
def widen_access(member: Member, client: Client) -> None:
    """Every project of the client is open to the contact again."""
    place: dict[str, Any] = {"agency_id": member.agency_id, "member": member, "client": client}
    ClientAccess.objects.filter(**place).update(limited_at=None, limited_by=None)
    ProjectAccess.objects.filter(**place).delete()


@transaction.atomic
def share_project(project: Project, *, level: str, member: Member | None = None, vendor: Vendor | None = None) -> None:
    """Share a project with one member or with everybody of a vendor."""
    ProjectAccess.objects.update_or_create(
        agency_id=project.agency_id,
        project=project,
        member=member,
        vendor=vendor,
        defaults={"level": level, "client_id": project.client_id},
    )
    _refresh_all(member, vendor)


@transaction.atomic
def unshare_project(project: Project, *, member: Member | None = None, vendor: Vendor | None = None) -> None:
    """Take a shared project away again."""
    ProjectAccess.objects.filter(agency_id=project.agency_id, project=project, member=member, vendor=vendor).delete()
    _refresh_all(member, vendor)


@transaction.atomic
def end_member(member: Member) -> None:
    """Close a place; what the person wrote stays."""
    member.ended_at = timezone.now()
    member.save(update_fields=["ended_at"])


def _refresh_all(member: Member | None, vendor: Vendor | None) -> None:
    concerned = [member] if member else list(Member.objects.filter(vendor=vendor))
    for one in concerned:
        refresh_shared_clients(one)


def refresh_shared_clients(member: Member) -> None:
    """Keep the column that the wall reads in step with the access rows."""
    fresh = Member.objects.select_related("role", "vendor").get(pk=member.pk)
    fresh.shared_client_ids = [] if fresh.sees_all_clients else _clients_shared_with(fresh)
    fresh.save(update_fields=["shared_client_ids"])


def _clients_shared_with(member: Member) -> list[int]:
    """Also those whose last day has passed, for they may be restored; `Member.client_ids` leaves them out."""
    rows = ProjectAccess.objects.filter(agency_id=member.agency_id)
    mine = Q(member=member, vendor=None) | Q(vendor__isnull=False, vendor=member.vendor_id)
    shared = set(rows.filter(mine).values_list("client_id", flat=True))
    shared.update(member.client_accesses.values_list("client_id", flat=True))
    return sorted(shared | ({member.vendor.client_id} if member.vendor and member.vendor.client_id else set()))


def take_access(member: Member) -> None:
    """Take every client and project away from a member."""
    ClientAccess.objects.filter(agency_id=member.agency_id, member=member).delete()
    ProjectAccess.objects.filter(agency_id=member.agency_id, member=member).delete()
    refresh_shared_clients(member)


def _free_slug(rows, slug: str, reserved: Sequence[str]) -> str:
    taken = {*rows.filter(slug__startswith=slug[:36]).values_list("slug", flat=True), *reserved}
    return next(s for s in (slug, *(f"{slug[:36]}-{n}" for n in range(2, 1000))) if s not in taken)

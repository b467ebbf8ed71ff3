"""Clients, projects and vendors: made, changed, archived, ended."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.events.embargo import follow_delay
from portal.events.record import record
from portal.mail.addresses import address_for
from portal.people import rules
from portal.people.actions import members
from portal.people.models import VendorCard
from portal.tenancy import actions as places
from portal.tenancy.models import Agency, Client, ClientAccess, Member, Project, ProjectAccess, Vendor

CLIENT_FIELDS = ("name", "slug", "external_id", "manager", "embargo_days")
PROJECT_FIELDS = ("name", "external_id")
VENDOR_FIELDS = ("name", "engagement", "client", "answers_client", "reads_private", "knows_client")


@transaction.atomic
def create_client(agency: Agency, *, by: Member, **fields) -> Client:
    """A new company, with its mail address. fields: name, slug, external_id, manager, embargo_days."""
    if by.agency_id != agency.pk or not rules.manages_clients(by):
        raise PermissionDenied
    _check_manager(fields.get("manager"), agency.pk)
    client = places.create_client(agency, **fields)
    address_for(client)
    record("client.created", client, by=by, client=client, name=client.name)
    return client


@transaction.atomic
def change_client(client: Client, *, by: Member, **fields) -> Client:
    """Name, address, external id, manager, delay."""
    client = _locked(client, by)
    if fields.get("manager") != client.manager:
        _check_manager(fields.get("manager"), client.agency_id)
    delay = client.delay_days
    _assign(client, CLIENT_FIELDS, fields)
    if client.delay_days != delay:
        follow_delay(client)
    record("client.changed", client, by=by, client=client, name=client.name)
    return client


@transaction.atomic
def archive_client(client: Client, *, by: Member) -> Client:
    """Put a client away: it can be read, nothing can be written."""
    client = _locked(client, by)
    client.archived_at = client.archived_at or timezone.now()
    client.save(update_fields=["archived_at"])
    record("client.archived", client, by=by, client=client, name=client.name)
    return client


@transaction.atomic
def restore_client(client: Client, *, by: Member) -> Client:
    """Work goes on: neither archived nor ending."""
    client = _locked(client, by)
    client.archived_at = client.read_only_at = client.access_until = None
    client.save(update_fields=["archived_at", "read_only_at", "access_until"])
    record("client.restored", client, by=by, client=client, name=client.name)
    return client


@transaction.atomic
def end_client(client: Client, *, by: Member, access_until: date) -> Client:
    """The work ends: read-only from now on, and its contacts may still look until that day."""
    client = _locked(client, by)
    client.read_only_at, client.access_until = client.read_only_at or timezone.now(), access_until
    client.save(update_fields=["read_only_at", "access_until"])
    record("client.ended", client, by=by, client=client, name=client.name, until=access_until.isoformat())
    return client


@transaction.atomic
def close_client(client: Client) -> None:
    """The day has passed: archived, its contacts lose it, and those who have no other client their place."""
    client = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if not client.is_over:
        return
    client.archived_at = client.archived_at or timezone.now()
    client.save(update_fields=["archived_at"])
    for access in ClientAccess.objects.filter(agency_id=client.agency_id, client=client).select_related("member"):
        places.set_access(access.member, client, [])
        if not access.member.client_accesses.exists():
            members.end(access.member, by=None)
    record("client.archived", client, by=None, client=client, name=client.name)


@transaction.atomic
def create_project(client: Client, *, by: Member, **fields) -> Project:
    """A new engagement of a client. fields: name, external_id."""
    if by.agency_id != client.agency_id or not rules.manages_clients(by) or client.is_read_only:
        raise PermissionDenied
    project = places.create_project(client, **fields)
    record("project.created", project, by=by, client=client, name=project.name)
    return project


@transaction.atomic
def change_project(project: Project, *, by: Member, **fields) -> Project:
    """Name and external id."""
    project = _locked_project(project, by)
    _assign(project, PROJECT_FIELDS, fields)
    return project


@transaction.atomic
def archive_project(project: Project, *, by: Member) -> Project:
    """Put a project away."""
    project = _locked_project(project, by)
    project.archived_at = timezone.now()
    project.save(update_fields=["archived_at"])
    record("project.archived", project, by=by, name=project.name)
    return project


@transaction.atomic
def restore_project(project: Project, *, by: Member) -> Project:
    """Take it out again."""
    project = _locked_project(project, by)
    project.archived_at = None
    project.save(update_fields=["archived_at"])
    record("project.restored", project, by=by, name=project.name)
    return project


@transaction.atomic
def save_vendor(vendor: Vendor, *, by: Member, **fields) -> Vendor:
    """A new or changed outside organisation."""
    if not rules.manages_clients(by) or vendor.agency_id != by.agency_id:
        raise PermissionDenied
    for name in VENDOR_FIELDS:
        if name in fields:
            setattr(vendor, name, fields[name])
    if vendor.client and _works_elsewhere(vendor):
        raise ValidationError({"client": _("Projects of other clients are shared with it. Take these away first.")})
    vendor.save()
    card: dict[str, Any] = {name: fields[name] for name in ("services", "languages", "rating") if name in fields}
    if card:
        VendorCard.objects.update_or_create(agency_id=vendor.agency_id, vendor=vendor, defaults=card)
    for member in vendor.members.all():
        places.refresh_shared_clients(member)
    return vendor


def _works_elsewhere(vendor: Vendor) -> bool:
    """Whether it, or somebody of it, has projects of clients other than its own."""
    if vendor.pk is None:
        return False
    shared = ProjectAccess.objects.filter(Q(vendor=vendor) | Q(member__vendor=vendor), agency_id=vendor.agency_id)
    return shared.exclude(project__client=vendor.client).exists()


def _check_manager(manager: Member | None, agency_id: int) -> None:
    if manager and not rules.can_take_over(manager, agency_id):
        raise ValidationError({"manager": _("Choose somebody who works here and may write.")})


def _assign(row, allowed: tuple[str, ...], fields: dict) -> None:
    changed = [name for name in allowed if name in fields]
    for name in changed:
        setattr(row, name, fields[name])
    row.save(update_fields=changed)


def _locked(client: Client, by: Member) -> Client:
    client = Client.objects.select_related("agency").select_for_update(of=("self",)).get(pk=client.pk)
    if client.agency_id != by.agency_id or not rules.manages_clients(by):
        raise PermissionDenied
    return client


def _locked_project(project: Project, by: Member) -> Project:
    rows = Project.objects.select_related("client__agency")
    project = rows.select_for_update(of=("self",)).get(pk=project.pk)
    if not rules.project_can_be_changed_by(project, by):
        raise PermissionDenied
    return project

"""Changing what is open to somebody, ending a place, absences."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.context import tenant
from portal.events.record import record
from portal.people import handover, rules
from portal.people.models import Invitation
from portal.tenancy import actions as places
from portal.tenancy.models import Absence, Agency, Client, Member, Project, ProjectAccess, Role, Vendor
from portal.tenancy.models.role import Area


@transaction.atomic
def change(member: Member, *, by: Member, role: Role, position: str, phone: str) -> Member:
    """Role, position and phone of a member."""
    member = _locked(member)
    if not (rules.member_can_be_changed_by(member, by) and rules.can_grant(role, by) and role.kind == member.kind):
        raise PermissionDenied
    if role != member.role and _is_last_owner(member):
        raise ValidationError({"role": _("Somebody must remain who may invite people and change the settings.")})
    member.role, member.position, member.phone = role, position, phone
    member.save(update_fields=["role", "position", "phone"])
    record("member.changed", member, by=by, internal=True, name=str(member))
    return member


@transaction.atomic
def set_areas(member: Member, client: Client, areas: set[str], *, by: Member) -> Member:
    """What a contact sees of a client. A contact changes only areas that he has himself; the others stay."""
    with tenant(member.agency_id):
        member = _locked(member)
        if not rules.areas_can_be_changed_by(member, client, by):
            raise PermissionDenied
        before = rules.own_areas(client, member)
        reach = set(Area.values) if by.is_specialist else rules.own_areas(client, by)
        after = (before - reach) | (areas & reach)
        if after != before:
            places.set_access(member, client, sorted(after))
            record("member.changed", member, by=by, client=client, name=str(member))
    return member


@transaction.atomic
def set_projects(member: Member, client: Client, levels: dict[Project, str] | None, *, by: Member) -> Member:
    """Which projects of a client are open to a contact who has areas of it, each at its level; None: all of them."""
    with tenant(member.agency_id):
        member = _locked(member)
        if not (rules.areas_can_be_changed_by(member, client, by) and rules.own_areas(client, member)):
            raise PermissionDenied
        if levels is None:
            places.widen_access(member, client)
        else:
            have = {row.project_id: row.level for row in member.project_accesses.values() if row.client_id == client.pk}
            if not all(one.client_id == client.pk for one in levels) or not _may_set(have, levels, by):
                raise PermissionDenied
            places.limit_access(member, client, levels, by=by)
        record("member.changed", member, by=by, client=client, name=str(member))
    return member


def _may_set(have: dict[int, str], wanted: dict[Project, str], by: Member) -> bool:
    """Whether none of the levels that would be given, or taken, is more than this member grants."""
    after = {project.pk: level for project, level in wanted.items()}
    touched = {pk for pk in {*have, *after} if have.get(pk) != after.get(pk)}
    return all(rules.may_grant(level, by) for pk in touched for level in (have.get(pk), after.get(pk)) if level)


@transaction.atomic
def end(member: Member, *, by: Member | None, to: Member | None = None) -> Member:
    """Close a place: what is open goes to `to`, access and invitations end, what the person wrote stays."""
    with tenant(member.agency_id):
        member = _locked(member)
        if by is not None and not rules.member_can_be_changed_by(member, by):
            raise PermissionDenied
        if _is_last_owner(member):
            raise ValidationError(_("The last owner stays. Make somebody else an owner first."))
        open_things = _hand_over(member, to)
        handover.close(member)
        places.take_access(member)
        places.end_member(member)
        own = Invitation.objects.waiting().filter(agency_id=member.agency_id, invited_by=member)
        own.update(revoked_at=timezone.now())
        words: dict[str, Any] = {"name": str(member), "open": open_things, "to": str(to or "")}
        record("member.ended", member, by=by, internal=True, happened_at=member.ended_at, **words)
        if to is not None and open_things:
            record("work.handed_over", to, by=by, internal=True, name=str(member), open=open_things)
    return member


@transaction.atomic
def share(
    project: Project,
    *,
    by: Member,
    level: str,
    member: Member | None = None,
    vendor: Vendor | None = None,
    by_mail: bool = True,
) -> None:
    """Share a project with one member or a whole vendor. by_mail: else they find it under the bell alone."""
    whom = member or vendor
    if whom is None or not (rules.project_can_be_shared_by(project, by) and rules.can_share_with(whom, by)):
        raise PermissionDenied
    if not rules.may_have(whom, project):
        raise PermissionDenied
    if not all(rules.may_grant(one, by) for one in (level, *_levels(project, member, vendor))):
        raise PermissionDenied
    ids: dict[str, Any] = {"slug": project.slug, "member": member and member.pk, "vendor": vendor and vendor.pk}
    quiet: dict[str, Any] = {} if by_mail else {"quiet": True}
    with tenant(project.agency_id):  # a vendor's manager sees no colleague before he has the project
        places.share_project(project, level=level, member=member, vendor=vendor)
        record("project.shared", project, by=by, name=project.name, whom=str(whom), **ids, **quiet)


@transaction.atomic
def unshare(project: Project, *, by: Member, member: Member | None = None, vendor: Vendor | None = None) -> None:
    """Take it away again."""
    whom = member or vendor
    if whom is None or not (rules.project_can_be_shared_by(project, by) and rules.can_share_with(whom, by)):
        raise PermissionDenied
    if not all(rules.may_grant(one, by) for one in _levels(project, member, vendor)):
        raise PermissionDenied
    with tenant(project.agency_id):
        places.unshare_project(project, member=member, vendor=vendor)
        record("project.unshared", project, by=by, name=project.name, whom=str(whom))


def _levels(project: Project, member: Member | None, vendor: Vendor | None) -> list[str]:
    """How it is shared with them now: one level, or none."""
    with tenant(project.agency_id):
        rows = ProjectAccess.objects.filter(project=project, member=member, vendor=vendor)
        return list(rows.values_list("level", flat=True))


@transaction.atomic
def add_absence(
    member: Member, *, by: Member, starts_at: datetime, ends_at: datetime, stand_in: Member | None, reason: str = ""
) -> Absence:
    """Somebody is away; somebody else stands in."""
    if not absence_can_be_kept_by(member, by):
        raise PermissionDenied
    if stand_in and not rules.can_take_over(stand_in, member.agency_id):
        raise ValidationError({"stand_in": _("Choose somebody who works here and may write.")})
    return Absence.objects.create(
        agency_id=member.agency_id,
        member=member,
        stand_in=stand_in,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
    )


@transaction.atomic
def delete_absence(absence: Absence, *, by: Member) -> None:
    """It does not take place."""
    if not absence_can_be_kept_by(absence.member, by):
        raise PermissionDenied
    absence.delete()


def absence_can_be_kept_by(member: Member, by: Member) -> bool:
    """The own ones, or by whoever manages people."""
    own = member.pk == by.pk and by.can("write")
    return member.is_specialist and member.agency_id == by.agency_id and (own or rules.manages_people(by))


@transaction.atomic
def change_self(member: Member, *, name: str, language: str, time_zone: str, position: str, phone: str) -> User:
    """One's own name, language and reach."""
    user = User.objects.select_for_update().get(pk=member.user_id)
    user.name, user.language, user.time_zone = name, language, time_zone
    user.save(update_fields=["name", "language", "time_zone"])
    with tenant(member.agency_id):
        Member.objects.filter(agency_id=member.agency_id, pk=member.pk).update(position=position, phone=phone)
    return user


def _locked(member: Member) -> Member:
    rows = Member.objects.complete().active()
    return rows.select_for_update(of=("self",)).get(agency_id=member.agency_id, pk=member.pk)


def _is_last_owner(member: Member) -> bool:
    """Whether nobody else may both invite people and change the settings."""
    both = {"manage_people", "manage_agency"}
    if not member.is_specialist or not both <= set(member.role.permissions):
        return False
    Agency.objects.select_for_update().get(pk=member.agency_id)  # two owners who leave at once wait for each other
    others = Member.objects.active().filter(agency_id=member.agency_id, kind="specialist").exclude(pk=member.pk)
    return not others.filter(role__permissions__contains=sorted(both)).exists()


def _hand_over(member: Member, to: Member | None) -> list[tuple[str, int]]:
    """Gives what is open to `to`; what that was: (English label, number)."""
    if not member.is_specialist:
        return []
    with translation.override("en"):
        open_things = [(str(label), number) for label, number in handover.open_things_of(member)]
    if to is not None:
        if to.pk == member.pk or not rules.can_take_over(to, member.agency_id):
            raise ValidationError({"to": _("Choose somebody else who works here and may write.")})
        handover.hand_over(member, to)
    elif open_things:
        raise ValidationError({"to": _("Something is still open. Choose who takes it over.")})
    return open_things

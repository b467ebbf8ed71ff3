"""Two contacts that are one person: one place stays, and everything that hangs on the other moves to it."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from portal.audit.log import log
from portal.core.context import tenant
from portal.events.record import record
from portal.people import handover, rules
from portal.people.models import Invitation
from portal.tenancy import actions as places
from portal.tenancy.catalogue import all_models
from portal.tenancy.models import ClientAccess, Member, Project, ProjectAccess
from portal.tenancy.models.access import Level
from portal.tenancy.walls import tenant_keys


def can_be_merged_by(member: Member, into: Member, by: Member) -> bool:
    """Two contacts with a place, by somebody who may change both."""
    both = (member, into)
    fit = all(one.is_contact and one.ended_at is None and rules.member_can_be_changed_by(one, by) for one in both)
    return fit and member.pk != into.pk


@transaction.atomic
def merge(member: Member, into: Member, *, by: Member) -> Member:
    """`into` stays: it gets the other's clients and areas, comments, marks and the rest. The other place ends.

    The other account itself is left: it belongs to the person, who may have places elsewhere. What cannot be there twice (both
    read the same thing, both were told of it) stays once.
    """
    with tenant(by.agency_id):
        member, into = _locked(member, into)
        if not can_be_merged_by(member, into, by):
            raise PermissionDenied
        for access in ClientAccess.objects.filter(agency_id=by.agency_id, member=member).select_related("client"):
            _give(access, into, by)
        places.take_access(member)
        for model, field in _places_of_members():
            _move(model, field, member, into)
        handover.merge(member, into)
        places.refresh_shared_clients(into)
        places.end_member(member)
        waiting = Invitation.objects.waiting().filter(agency_id=by.agency_id, email=member.user.email)
        waiting.update(revoked_at=timezone.now())
        record("member.merged", into, by=by, internal=True, name=str(into), other=str(member))
        log("member.merged", {"from": member.pk, "into": into.pk, "name": str(into), "other": str(member)})
    return into


def _give(access: ClientAccess, into: Member, by: Member) -> None:
    """Areas and projects of both; all projects as soon as one of them had all, and of two levels the higher."""
    client, own = access.client, ClientAccess.objects.filter(member=into, client=access.client).first()
    is_limited = access.is_limited and (own is None or own.is_limited)
    rows = ProjectAccess.objects.filter(agency_id=by.agency_id, client=client, member__in=[access.member_id, into.pk])
    levels: dict[Project, str] = {}
    for row in rows.select_related("project"):
        levels[row.project] = max(row.level, levels.get(row.project, row.level), key=Level.values.index)
    if not is_limited:
        places.widen_access(into, client)
    places.set_access(into, client, sorted({*access.areas, *(own.areas if own else ())}))
    if is_limited:
        places.limit_access(into, client, levels, by=by)


def _locked(member: Member, into: Member) -> list[Member]:
    rows = Member.objects.complete().select_for_update(of=("self",))
    found = rows.filter(agency_id=member.agency_id).in_bulk(
        [member.pk, into.pk]
    )  # in the order of ids, so never crosswise
    if len(found) != 2:
        raise PermissionDenied
    return [found[member.pk], found[into.pk]]


def _places_of_members() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every column of every app that names a member, also of apps above this one and of later ones."""
    for model in all_models():
        for field in tenant_keys(model):
            if field.remote_field.model is Member and model is not ClientAccess:
                yield model, field


def _move(model: type[models.Model], field: models.Field, member: Member, into: Member) -> None:
    rows = model._default_manager.filter(agency_id=into.agency_id, **{field.name: member.pk})
    try:
        with transaction.atomic():
            rows.update(**{field.attname: into.pk})
    except IntegrityError:
        _move_one_by_one(rows, field, into)


def _move_one_by_one(rows: models.QuerySet, field: models.Field, into: Member) -> None:
    for pk in list(rows.values_list("pk", flat=True)):
        row = rows.model._default_manager.filter(agency_id=into.agency_id, pk=pk)
        try:
            with transaction.atomic():
                row.update(**{field.attname: into.pk})
        except IntegrityError:
            row.delete()

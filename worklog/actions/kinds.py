"""The agency's own words for kinds of work."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import BigIntegerField, QuerySet

from portal.core.prepared import Prepared, Slot
from portal.people import rules
from portal.tenancy.models import Agency, Member
from worklog.models import WorkKind
from worklog.presets import kinds_for


def _own_kinds() -> QuerySet[WorkKind]:
    rows = WorkKind.objects.filter(agency=Slot("agency", BigIntegerField()))
    return rows.order_by("position", "pk").only("name", "retired_at")


OWN_KINDS = Prepared(_own_kinds)


def kind_names(agency: Agency) -> list[str]:
    """The kinds that are offered: the agency's own, or the usual ones as long as nothing was logged."""
    return names_among([(kind.name, kind.retired_at) for kind in OWN_KINDS.all(agency=agency.pk)], agency)


def names_among(own: list[tuple[str, Any]], agency: Agency) -> list[str]:
    """The same of rows (name, retired at) that were read along with something else."""
    return [name for name, retired_at in own if retired_at is None] if own else [name for name, _ in kinds_for(agency)]


@transaction.atomic
def save(kind: WorkKind, *, by: Member) -> WorkKind:
    """A new or changed kind; the usual ones come along, so that the first own one does not push them out."""
    if not rules.manages_agency(by):
        raise PermissionDenied
    kind.agency_id = by.agency_id
    begin(by.agency)
    kind.save()
    return kind


def begin(agency: Agency) -> None:
    """The usual kinds become the agency's own, unless it has some."""
    if WorkKind.objects.filter(agency=agency).exists():
        return
    rows = [
        WorkKind(agency=agency, name=name, needs_protocol=needs, position=number)
        for number, (name, needs) in enumerate(kinds_for(agency))
    ]
    WorkKind.objects.bulk_create(rows, ignore_conflicts=True)


def first(agency: Agency) -> WorkKind:
    """The kind that is offered first."""
    return named(agency, kind_names(agency)[0])


def named(agency: Agency, name: str) -> WorkKind:
    """The kind of this name. The usual ones become the agency's own when the first is needed."""
    begin(agency)
    return WorkKind.objects.get(agency=agency, name=name)

"""The agency's own words for what it does."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.people import rules
from portal.tenancy.models import Member
from timeline.models import ActivityKind
from timeline.presets import kinds_for


@transaction.atomic
def save(kind: ActivityKind, *, by: Member) -> ActivityKind:
    """A new or changed kind; the usual ones come along, so that the first own one does not push them out."""
    if not rules.manages_agency(by):
        raise PermissionDenied
    kind.agency_id = by.agency_id
    begin(by.agency)
    kind.save()
    return kind


def begin(agency) -> None:
    """The usual kinds become the agency's own, unless it has some."""
    if ActivityKind.objects.filter(agency=agency).exists():
        return
    rows = [ActivityKind(agency=agency, name=name, position=number) for number, name in enumerate(kinds_for(agency))]
    ActivityKind.objects.bulk_create(rows, ignore_conflicts=True)

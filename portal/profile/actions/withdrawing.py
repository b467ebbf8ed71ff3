"""What was told of a field while it was shared goes out of outsiders' sight with it: titles of events name its label."""

from django.db.models import Q

from portal.core.context import tenant
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.profile.models import Change, Field, Proposal, Section

PUBLIC, PRIVATE = "profile.changed", "profile.noted"
"""What everybody is told of a section, and what never reaches outsiders."""


def withdraw(field: Field) -> None:
    """Events that name the field become internal; what else they name still stands in the history. Staff keep what they were told."""
    place = {"agency_id": field.agency_id, "client_id": field.client_id}
    with tenant(field.agency_id):
        of_section = Q(subject_type=Section._meta.label_lower, subject_id=field.section_id, kind=PUBLIC) & _names(field)
        proposals = Proposal.objects.filter(agency_id=field.agency_id, field=field).values("pk")
        of_proposals = Q(subject_type=Proposal._meta.label_lower, subject_id__in=proposals)
        Event.objects.filter(of_section, **place).update(kind=PRIVATE, internal=True)
        Event.objects.filter(of_proposals, **place).update(internal=True)
        told = Notification.objects.filter(of_section | of_proposals, **place)
        told.exclude(member__kind="specialist").update(kind=PRIVATE)


def _names(field: Field) -> Q:
    """Events whose words name it, by any name that it has had."""
    labels = {field.label, *Change.objects.filter(field=field).values_list("label", flat=True)}
    named = Q()
    for label in labels:
        named |= Q(payload__fields__icontains=label)
    return named

"""The time of a talk, logged from its protocol for everybody of the agency who was there."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext, override

from portal.core.context import tenant
from portal.core.zones import zone
from portal.tenancy.models import Agency, Member
from protocols.models import Kind, Participation, Protocol
from worklog.actions import kinds, logging
from worklog.days import split
from worklog.models import Source, WorkEntry, WorkKind, can_be_logged_by


def can_be_timed_by(protocol: Protocol, member: Member) -> bool:
    """The agency's people who log time for the client, once it is known how long the talk was."""
    return bool(protocol.duration_minutes) and member.is_specialist and can_be_logged_by(member, protocol.client)


@transaction.atomic
def log_time(protocol: Protocol, *, by: Member) -> list[WorkEntry]:
    """An entry for each of the agency's people who was there and has none about it yet. Safe to call twice; may raise MonthClosed."""
    with tenant(protocol.agency_id):
        protocol = (
            Protocol.objects.select_related("client__agency", "project")
            .select_for_update(of=("self",))
            .get(pk=protocol.pk)
        )
        if protocol.agency_id != by.agency_id or not can_be_timed_by(protocol, by):
            raise PermissionDenied
        kind = _kind_of(protocol, protocol.client.agency)
        words = {"kind": kind, "text": protocol.title, "project": protocol.project, "source": Source.PROTOCOL}
        words["subject"] = logging.subject_of(protocol)
        made = []
        for member in unlogged(protocol):
            start, minutes = protocol.held_at, protocol.duration_minutes or 0
            clock = zone(member.user.time_zone or protocol.client.agency.time_zone)
            work = split(start, start + timedelta(minutes=minutes), clock)
            made += logging.log(protocol.client, work, by=by, member=member, **words)
    return made


def unlogged(protocol: Protocol) -> list[Member]:
    """The agency's people who were there and have logged nothing about it. Ask with the agency's sight."""
    logged = WorkEntry.objects.filter(agency_id=protocol.agency_id).about(protocol).standing().values("member_id")
    there = Participation.objects.filter(agency_id=protocol.agency_id, protocol=protocol, was_present=True)
    people = Member.objects.filter(agency_id=protocol.agency_id, kind="specialist", pk__in=there.values("member_id"))
    return list(
        people.active().exclude(pk__in=logged).select_related("user", "vendor", "agency", "role").order_by("pk")
    )


def _kind_of(protocol: Protocol, agency: Agency) -> str:
    """The agency's word for such a talk: the usual one if it still has it, else its first for talks, else its first."""
    kinds.begin(agency)
    with override(agency.language):
        usual = gettext("Call") if protocol.kind == Kind.CALL else gettext("Meeting")
    offered = WorkKind.objects.filter(agency=agency).offered()
    names = list(offered.values_list("name", "needs_protocol"))
    talks = [name for name, needs in names if needs]
    return usual if usual in dict(names) else (talks or [name for name, _needs in names])[0]

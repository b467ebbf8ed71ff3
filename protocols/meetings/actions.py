"""Planning single meetings, changing one, saying yes or no to it. Series: protocols.meetings.series."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Client, Member
from protocols.actions.filing import move_told
from protocols.meetings.guests import Changed, allowed, invite
from protocols.models import Meeting, MeetingGuest, MeetingSeries

DIFFERENT = ("starts_at", "ends_at", "place")
"""What makes another appointment of it: guests are told, and their calendars follow."""


class Outdated(Exception):
    """It was changed since it was on the screen; `current` is what stands now."""

    def __init__(self, current: Any):
        super().__init__()
        self.current = current


def can_be_planned_by(member: Member, client: Client) -> bool:
    """The agency's people plan, the client's people propose; whom projects are shared with is invited."""
    return not member.goes_by_projects(client.pk) and member.can_write_for(client)


@transaction.atomic
def plan(client: Client, *, by: Member, duration_minutes: int, guests: Iterable[int], **fields: Any) -> Meeting:
    """A single meeting; of a contact a proposal, which waits for the agency's yes. `fields`: those of the form."""
    if not can_be_planned_by(by, client):
        raise PermissionDenied
    now = timezone.now()
    meeting = Meeting.objects.create(
        agency_id=client.agency_id,
        client=client,
        ends_at=fields["starts_at"] + timedelta(minutes=duration_minutes),
        created_by=by,
        edited_at=now,
        confirmed_at=now if by.is_specialist else None,
        **fields,
    )
    invite(meeting, _everybody(meeting, guests))
    _say_yes(meeting, by)
    if not meeting.is_over:
        record("meeting.planned" if by.is_specialist else "meeting.proposed", meeting, by=by, **words_of(meeting))
    return meeting


@transaction.atomic
def change(
    meeting: Meeting,
    *,
    by: Member,
    duration_minutes: int,
    guests: Iterable[int] | None = None,
    seen: datetime | None = None,
    **fields: Any,
) -> Meeting:
    """Another time, place, title or leader of this one; of a series the others stay as they are.

    The agency's yes was for the old time: what a contact moves is a proposal again. seen: `edited_at` of what was on the screen,
    here and below. Raises Outdated.
    """
    meeting = _locked(meeting, seen)
    if not meeting.can_be_changed_by(by):
        raise PermissionDenied
    before, project_id = {name: getattr(meeting, name) for name in DIFFERENT}, meeting.project_id
    for name, value in fields.items():
        setattr(meeting, name, value)
    meeting.ends_at = meeting.starts_at + timedelta(minutes=duration_minutes)
    is_moved = any(getattr(meeting, name) != value for name, value in before.items())
    meeting.edited_at, meeting.sequence = timezone.now(), meeting.sequence + 1
    if is_moved or meeting.series_id:
        meeting.moved_at = meeting.edited_at
    needs_a_new_yes = is_moved and not by.is_specialist and not meeting.is_proposal
    if needs_a_new_yes:
        meeting.confirmed_at = None
    meeting.save(update_fields=[*fields, "ends_at", "edited_at", "sequence", "moved_at", "confirmed_at"])
    if meeting.project_id != project_id:
        move_along(meeting)
    invited = invite(meeting, _everybody(meeting, guests)) if guests is not None else Changed([], [])
    if is_moved:
        _ask_again(meeting, by)
    if is_moved and not meeting.is_over:
        record("meeting.moved", meeting, by=by, **words_of(meeting))
    _tell_guests(meeting, invited, by, is_told=is_moved)
    if needs_a_new_yes:
        record("meeting.proposed", meeting, by=by, **words_of(meeting))
    return meeting


@transaction.atomic
def confirm(meeting: Meeting, *, by: Member, seen: datetime | None = None) -> Meeting:
    """The agency says yes to what a contact has proposed; from now on it is planned. Raises Outdated."""
    meeting = _locked(meeting, seen)
    if not meeting.can_be_confirmed_by(by):
        raise PermissionDenied
    meeting.confirmed_at = meeting.edited_at = timezone.now()
    meeting.sequence += 1
    meeting.leader = meeting.leader or by
    meeting.save(update_fields=["confirmed_at", "edited_at", "sequence", "leader"])
    _say_yes(meeting, by)
    record("meeting.confirmed", meeting, by=by, **words_of(meeting))
    return meeting


@transaction.atomic
def call_off(meeting: Meeting, *, by: Member) -> Meeting:
    """It does not take place; of a series the others do. It is also the agency's no to a proposal."""
    meeting = _locked(meeting)
    if not meeting.can_be_changed_by(by):
        raise PermissionDenied
    meeting.cancelled_at = meeting.edited_at = timezone.now()
    meeting.cancelled_by, meeting.sequence = by, meeting.sequence + 1
    meeting.save(update_fields=["cancelled_at", "cancelled_by", "edited_at", "sequence"])
    if not meeting.is_over:
        record("meeting.cancelled", meeting, by=by, **words_of(meeting))
    return meeting


@transaction.atomic
def answer(
    meeting: Meeting, *, by: Member, answer: str, whole_series: bool = False, seen: datetime | None = None
) -> None:
    """Yes, no or maybe of somebody who is invited; also to all that come of the series. Raises Outdated."""
    meeting = _locked(meeting, seen)
    if meeting.is_cancelled or meeting.is_over or meeting.client.is_read_only:
        raise PermissionDenied
    mine = MeetingGuest.objects.select_for_update().filter(agency_id=meeting.agency_id, member=by)
    if not mine.filter(meeting=meeting).exists():
        raise PermissionDenied
    rows = mine.filter(meeting=meeting)
    if whole_series and meeting.series_id:
        rows = mine.filter(meeting__series=meeting.series_id, meeting__starts_at__gte=meeting.starts_at)
    if not rows.exclude(answer=answer).update(answer=answer, answered_at=timezone.now()):
        return  # said before: the leader need not hear it twice
    record("meeting.answered", meeting, by=by, name=str(by), **words_of(meeting))


def _tell_guests(meeting: Meeting, invited: Changed, by: Member, *, is_told: bool) -> None:
    """Who is invited newly gets an invitation, unless the new date tells him; who is not any more learns that too."""
    if meeting.is_over or meeting.is_proposal:
        return
    if invited.added and not is_told:
        record("meeting.planned", meeting, by=by, guests=invited.added, **words_of(meeting))
    if invited.left_out:
        record("meeting.uninvited", meeting, by=by, guests=invited.left_out, **words_of(meeting))


def move_along(row: Meeting | MeetingSeries) -> None:
    """Events and notifications follow it into its project, or a vendor would keep them."""
    about = Q(subject_type=row._meta.label_lower, subject_id=row.pk)
    if isinstance(row, MeetingSeries):
        meetings = Meeting.objects.filter(agency_id=row.agency_id, series=row)
        about |= Q(subject_type=Meeting._meta.label_lower, subject_id__in=meetings.values("pk"))
    with tenant(row.agency_id):
        move_told(about, row)


def words_of(meeting: Meeting) -> dict[str, Any]:
    """What titles and links of events read."""
    return {"title": meeting.title, "meeting": meeting.pk}


def _everybody(meeting: Meeting, guests: Iterable[int]) -> list[int]:
    """The guests that may be invited, and whoever leads it or proposed it."""
    wanted = {*guests, meeting.leader_id, meeting.created_by_id}
    return allowed(meeting.client, meeting.project, [pk for pk in wanted if pk])


def _say_yes(meeting: Meeting, by: Member) -> None:
    """Whoever plans it comes."""
    rows = MeetingGuest.objects.filter(agency_id=meeting.agency_id, meeting=meeting, member=by)
    rows.update(answer="ACCEPTED", answered_at=timezone.now())


def _ask_again(meeting: Meeting, by: Member) -> None:
    """A yes was for the old time."""
    rows = MeetingGuest.objects.filter(agency_id=meeting.agency_id, meeting=meeting)
    rows.exclude(answer="").update(answer="", answered_at=None)
    _say_yes(meeting, by)


def check_seen(row: Meeting | MeetingSeries, seen: datetime | None) -> None:
    """Raises Outdated. row: locked."""
    if seen not in (None, row.edited_at):
        raise Outdated(row)


def _locked(meeting: Meeting, seen: datetime | None = None) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("client", "project", "leader", "series")
    meeting = rows.get(pk=meeting.pk)
    check_seen(meeting, seen)
    return meeting

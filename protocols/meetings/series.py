"""Meetings that come again: planning a series, keeping its days made ahead, changing it from a meeting on, ending it."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.zones import zone
from portal.events.record import record
from portal.tenancy.models import Client, Member
from protocols.meetings import planning
from protocols.meetings.actions import check_seen, move_along
from protocols.meetings.guests import allowed
from protocols.models import Meeting, MeetingGuest, MeetingSeries, MeetingTopic

PASSED_ON = ("title", "kind", "place", "project", "leader")
"""What the meetings of a series take over from it."""


@transaction.atomic
def plan(client: Client, *, by: Member, guests: Iterable[int], **fields: Any) -> MeetingSeries:
    """A new series with its first meetings. `fields`: those of the model, day and time by the clock of its zone."""
    if not (by.is_specialist and by.can_write_for(client)):
        raise PermissionDenied
    series = MeetingSeries(agency_id=client.agency_id, client=client, created_by=by, **fields)
    series.guest_ids = _everybody(series, [*guests, by.pk])
    series.save()
    make_ahead(series)
    _say_yes(series, by)
    _tell("meeting.planned", series, by)
    return series


@transaction.atomic
def make_ahead(series: MeetingSeries) -> int:
    """Make the rows of the coming half-year that are not there yet; safe to run twice. Says how many were made."""
    series = _locked(series)
    until = _today(series) + planning.AHEAD
    last = min(until, series.last_on) if series.last_on else until
    if series.ended_at or (series.made_until and series.made_until >= last):
        return 0
    since = series.made_until + timedelta(days=1) if series.made_until else series.first_on
    days = planning.days_of(series.rhythm, series.first_on, since=since, until=last)
    there = set(_meetings(series).filter(original_on__in=days).values_list("original_on", flat=True))
    made = Meeting.objects.bulk_create(_meeting(series, day) for day in days if day not in there)
    _invite_all(series, made)
    series.made_until = last
    series.save(update_fields=["made_until"])
    return len(made)


@transaction.atomic
def change(
    series: MeetingSeries,
    *,
    by: Member,
    since: date,
    guests: Iterable[int],
    seen: datetime | None = None,
    **fields: Any,
) -> MeetingSeries:
    """Another plan from the meeting of day `since` on: its n-th meeting takes the place of the n-th of the old plan.

    Agendas stay where they are. A meeting that was moved on its own stays at its time, one that was called off stays so. When
    meetings of the old plan remain before it, calendars keep those under the old uid, and the new plan gets a new one.
    seen: `edited_at` of what was on the screen. Raises Outdated.
    """
    series = _locked(series)
    check_seen(series, seen)
    if not series.can_be_changed_by(by):
        raise PermissionDenied
    old, were_invited, project_id = _until(series, since), set(series.guest_ids), series.project_id
    is_split = series.first_on < since
    for name, value in fields.items():
        setattr(series, name, value)
    series.guest_ids = _everybody(series, guests)
    series.uid, series.sequence = (uuid.uuid4(), 0) if is_split else (series.uid, series.sequence + 1)
    series.edited_at, series.made_until = timezone.now(), None
    series.save()
    _replan(series, since)
    make_ahead(series)
    _say_yes(series, by)
    if series.project_id != project_id:
        move_along(series)
    of_old = {"old": old} if is_split else {}
    _tell("meeting.moved", series, by, **of_old)
    left_out = sorted(were_invited.difference(series.guest_ids))
    if left_out:
        _tell("meeting.uninvited", series, by, guests=left_out, **of_old)
    return series


@transaction.atomic
def end(series: MeetingSeries, *, by: Member, last_on: date) -> MeetingSeries:
    """No further meeting after this day. Those with an agenda stay to be read, called off; the others go, unless none were left."""
    series = _locked(series)
    if not series.can_be_changed_by(by):
        raise PermissionDenied
    now = timezone.now()
    later = _meetings(series).filter(original_on__gt=last_on, starts_at__gt=now, cancelled_at=None)
    gone = list(_without_agenda(later).order_by("original_on").values_list("pk", flat=True))
    if gone and not _meetings(series).exclude(pk__in=gone).exists():
        gone.pop(0)  # one stays where everybody who has them in his calendar reads that they are off
    _meetings(series).filter(pk__in=gone).delete()
    later.update(cancelled_at=now, cancelled_by=by, edited_at=now)
    series.last_on, series.ended_at, series.edited_at = last_on, now, now
    series.sequence += 1
    series.save(update_fields=["last_on", "ended_at", "edited_at", "sequence"])
    _tell("meeting.cancelled", series, by)
    return series


def _replan(series: MeetingSeries, since: date) -> None:
    """Give the coming meetings the days of the new plan, one after the other."""
    rows = list(_meetings(series).filter(original_on__gte=since).order_by("original_on"))
    days = planning.first_days(series.rhythm, series.first_on, len(rows))
    these = _meetings(series).filter(pk__in=[row.pk for row in rows])
    these.update(original_on=None)  # days may change places
    for row, day in zip(rows, days, strict=False):
        row.original_on = day
        if row.moved_at is None:
            _follow(row, series, day)
    Meeting.objects.bulk_update(rows, ["original_on", "starts_at", "ends_at", "edited_at", "sequence", *PASSED_ON])
    last = min(_today(series) + planning.AHEAD, series.last_on or date.max)
    _without_agenda(these.filter(original_on__gt=last, moved_at=None)).delete()
    if series.last_on:
        these.filter(original_on__gt=last, cancelled_at=None).update(cancelled_at=series.edited_at)
    still = these.filter(original_on__lte=last, moved_at=None, cancelled_at=None)
    MeetingGuest.objects.filter(agency_id=series.agency_id, meeting__in=still).delete()
    _invite_all(series, still)


def _follow(row: Meeting, series: MeetingSeries, day: date) -> None:
    fresh = _meeting(series, day)
    for name in ("starts_at", "ends_at", *PASSED_ON):
        setattr(row, name, getattr(fresh, name))
    row.edited_at, row.sequence = series.edited_at, row.sequence + 1


def _meeting(series: MeetingSeries, day: date) -> Meeting:
    starts_at = planning.moment_of(day, series.starts_at_time, series.time_zone)
    return Meeting(
        agency_id=series.agency_id,
        client=series.client,
        series=series,
        original_on=day,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=series.duration_minutes),
        created_by=series.created_by,
        edited_at=series.edited_at,
        confirmed_at=timezone.now(),
        **{name: getattr(series, name) for name in PASSED_ON},
    )


def _invite_all(series: MeetingSeries, meetings: Iterable[Meeting]) -> None:
    guests = allowed(series.client, series.project, series.guest_ids)
    MeetingGuest.objects.bulk_create(
        MeetingGuest(agency_id=series.agency_id, meeting=meeting, member_id=pk) for meeting in meetings for pk in guests
    )


def _say_yes(series: MeetingSeries, by: Member) -> None:
    rows = MeetingGuest.objects.filter(agency_id=series.agency_id, meeting__series=series, member=by, answer="")
    rows.filter(meeting__starts_at__gt=timezone.now()).update(answer="ACCEPTED", answered_at=timezone.now())


def _without_agenda(rows):
    topics = MeetingTopic.objects.filter(agency_id__in=rows.values("agency_id"))
    return rows.exclude(pk__in=topics.values("meeting_id"))


def _everybody(series: MeetingSeries, guests: Iterable[int]) -> list[int]:
    return sorted(allowed(series.client, series.project, [pk for pk in {*guests, series.leader_id} if pk]))


def _until(series: MeetingSeries, since: date) -> dict[str, Any]:
    """The old plan as calendars must know it now: it ends before this day. Numbers and texts, for an event's payload."""
    return {
        "uid": str(series.uid),
        "sequence": series.sequence + 1,
        "rhythm": series.rhythm,
        "first_on": series.first_on.isoformat(),
        "starts_at_time": series.starts_at_time.isoformat(),
        "time_zone": series.time_zone,
        "duration_minutes": series.duration_minutes,
        "last_on": (since - timedelta(days=1)).isoformat(),
    }


def _tell(kind: str, series: MeetingSeries, by: Member, **payload: Any) -> None:
    """The event leads to the next meeting of the plan as it stands now, or to the last one when none comes.

    Its guests are told. Those of meetings before a change may be others.
    """
    rows = _meetings(series).order_by("starts_at")
    coming = rows.coming()
    shown = coming.filter(original_on__gte=series.first_on).first() or coming.first() or rows.last()
    if shown:
        record(kind, series, by=by, title=series.title, meeting=shown.pk, series=series.pk, **payload)


def _meetings(series: MeetingSeries):
    return Meeting.objects.filter(agency_id=series.agency_id, series=series)


def _today(series: MeetingSeries) -> date:
    return timezone.localdate(timezone=zone(series.time_zone))


def _locked(series: MeetingSeries) -> MeetingSeries:
    rows = MeetingSeries.objects.select_for_update(of=("self",))
    return rows.select_related("client", "project", "leader", "created_by").get(pk=series.pk)

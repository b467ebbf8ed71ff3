"""The calendar of one person, as a calendar program reads it: single meetings, series with what differs, the same uids at each reading."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.utils import timezone, translation
from icalendar import Event

from portal.tenancy.models import Member
from portal.tenancy.scope import agency_urls
from protocols.meetings import ical
from protocols.meetings.feeds import BACK, meetings_for, series_for
from protocols.models import Meeting, MeetingGuest, MeetingSeries


def write(member: Member) -> str:
    """Everything, in the member's language. Call with the member's own sight."""
    agency = member.agency
    with translation.override(member.user.language or agency.language), agency_urls(agency) as base:
        mine = MeetingGuest.objects.filter(agency_id=member.agency_id, member=member)
        answers = mine.filter(meeting__ends_at__gte=timezone.now() - BACK).values_list("meeting_id", "answer")
        desk = ical.Desk(agency, member, base, dict(answers))
        return ical.calendar_of(_events(member, desk), name=agency.name)


def _events(member: Member, desk: ical.Desk) -> Iterator[Event]:
    plans = {row.pk: row for row in series_for(member).select_related("client").order_by("pk")}
    days: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in _meetings(member, timezone.now() - BACK):
        plan = plans.get(meeting.series_id or 0)
        if plan and ical.belongs_to_plan(meeting, plan):
            days[plan.pk].append(meeting)
        elif not meeting.is_cancelled:
            yield ical.single(meeting, desk)
    for plan in plans.values():
        if not ical.is_void(plan):
            yield from _of_series(plan, days[plan.pk], desk)


def _meetings(member: Member, since: datetime):
    """Those of late; of series also what differs from the plan, however long ago."""
    differs = Q(series__isnull=False) & (Q(moved_at__isnull=False) | Q(cancelled_at__isnull=False))
    rows = meetings_for(member).filter(Q(ends_at__gte=since) | differs)
    return rows.select_related("client").order_by("starts_at", "pk")


def _of_series(series: MeetingSeries, meetings: list[Meeting], desk: ical.Desk) -> Iterator[Event]:
    off = [row for row in meetings if row.is_cancelled]
    as_planned = [row for row in meetings if row.moved_at is None and not row.is_cancelled and not row.is_over]
    said = {desk.answers.get(row.pk, "") for row in as_planned}
    yield ical.whole(series, desk, off, said.pop() if len(said) == 1 else "")
    for row in meetings:
        if row.moved_at and not row.is_cancelled:
            yield ical.occurrence(row, series, desk)

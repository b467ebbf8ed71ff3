"""Weeks, and how much of each day somebody is expected to log."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateField, QuerySet, Subquery
from django.db.models.functions import JSONObject

from portal.core.business_time import MINUTE, BusinessCalendar, open_intervals
from portal.core.prepared import Slot
from portal.core.wall_clock import opening
from portal.core.zones import zone
from portal.tenancy.calendars import calendar_of_member
from portal.tenancy.models import Absence, Member
from portal.tenancy.presence import remembered
from worklog.models import USUAL_DAY, WorkEntry, WorkEntryQuerySet, WorkPolicy

WEEK = timedelta(days=7)
MONDAY, SUNDAY = Slot("monday", DateField()), Slot("sunday", DateField())


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday on."""

    monday: date

    @classmethod
    def of(cls, day: date) -> "Week":
        return cls(day - timedelta(days=day.weekday()))

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=number) for number in range(7)]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def number(self) -> int:
        """By ISO 8601."""
        return self.monday.isocalendar().week

    @property
    def before(self) -> "Week":
        return Week(self.monday - WEEK)

    @property
    def after(self) -> "Week":
        return Week(self.monday + WEEK)


def expected(member: Member, week: Week) -> dict[date, int]:
    """Minutes expected of the member on each day: what the agency says, but no more than it is open and he is there.

    Of a vendor's people nothing: how long they work is not the agency's to say.
    """
    policy = WorkPolicy.objects.filter(agency_id=member.agency_id).first()
    calendar = calendar_of_member(remembered(member.agency), member)
    return _wanted(member, calendar, policy.day_minutes if policy else None, week)


def with_expectation(reader: Any) -> QuerySet[Member]:
    """The reader's own row with what `expected_in` reads, for the questions of pages about somebody's own time."""
    policy = WorkPolicy.objects.filter(agency_id=reader.agency_id)
    absences = Absence.objects.filter(agency_id=reader.agency_id, member=reader.pk)
    return (
        Member.objects.filter(pk=reader.pk)
        .only("pk")
        .annotate(
            day_minutes=Subquery(policy.values("day_minutes")[:1]),
            away=ArraySubquery(absences.values(json=JSONObject(starts="starts_at", ends="ends_at"))),
        )
    )


def expected_in(row: Any, member: Member, week: Week) -> dict[date, int]:
    """The same as `expected`, from the answer to such a question."""
    away = [(datetime.fromisoformat(each["starts"]), datetime.fromisoformat(each["ends"])) for each in row.away]
    return _wanted(member, remembered(member.agency).closed_during(away), row.day_minutes, week)


def own_entries(member: Any) -> WorkEntryQuerySet:
    """What somebody has logged himself, for lists of it."""
    rows = WorkEntry.objects.visible_to(member).by_member(member).standing()
    return rows.select_related("client", "kind", "project", "vendor")


def missing(logged: dict[date, int], wanted: dict[date, int], *, until: date) -> dict[date, int]:
    """Minutes that are missing on days before `until`; only days on which some are."""
    gaps = {day: wanted[day] - logged.get(day, 0) for day in wanted if day < until}
    return {day: minutes for day, minutes in gaps.items() if minutes > 0}


def _wanted(member: Member, calendar: BusinessCalendar, day_minutes: int | None, week: Week) -> dict[date, int]:
    """Nothing of the days before somebody came."""
    if member.is_vendor:
        return dict.fromkeys(week.days, 0)
    first = calendar.local(member.joined_at).date()
    usual, is_open = USUAL_DAY if day_minutes is None else day_minutes, dict.fromkeys(week.days, timedelta())
    start, end = (opening(zone(calendar.zone), day, 0) for day in (week.monday, week.after.monday))
    for opens, closes in open_intervals(calendar, start, end):  # each lies within one day of the calendar's clocks
        is_open[calendar.local(opens).date()] += closes - opens
    return {day: min(usual, time // MINUTE) if day >= first else 0 for day, time in is_open.items()}

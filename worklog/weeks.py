"""Weeks, and how much of each day somebody is expected to log."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.business_time import BusinessCalendar, minutes_between
from portal.core.wall_clock import opening
from portal.core.zones import zone
from portal.tenancy.calendars import calendar_of_member
from portal.tenancy.models import Member
from portal.tenancy.presence import remembered
from worklog.models import USUAL_DAY, WorkPolicy


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
        return Week(self.monday - timedelta(days=7))

    @property
    def after(self) -> "Week":
        return Week(self.monday + timedelta(days=7))


def expected(member: Member, week: Week) -> dict[date, int]:
    """Minutes expected of the member on each day: what the agency says, but no more than it is open and he is there."""
    policy = WorkPolicy.objects.filter(agency_id=member.agency_id).first()
    usual = policy.day_minutes if policy else USUAL_DAY
    calendar = calendar_of_member(remembered(member.agency), member)
    return {day: min(usual, _open_minutes(calendar, day)) for day in week.days}


def missing(logged: dict[date, int], wanted: dict[date, int], *, until: date) -> dict[date, int]:
    """Minutes that are missing on days before `until`; only days on which some are."""
    gaps = {day: wanted[day] - logged.get(day, 0) for day in wanted if day < until}
    return {day: minutes for day, minutes in gaps.items() if minutes > 0}


def _open_minutes(calendar: BusinessCalendar, day: date) -> int:
    start, end = (opening(zone(calendar.zone), day + timedelta(days=number), 0) for number in (0, 1))
    return minutes_between(calendar, start, end)

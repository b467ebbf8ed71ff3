"""Stretches of work on days: by the clock of the person who worked, on days with a change of clocks too.

Seconds do not count: a stretch begins and ends at a whole minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.core.wall_clock import opening
from portal.core.zones import zone
from portal.tenancy.models import Member
from worklog.durations import DAY, Typed

MINUTE = timedelta(minutes=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Of the days that addresses may name: there is room before and behind them for weeks and months around."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Work on one day. started_at, ended_at: in UTC, None when only the minutes are known."""

    day: date
    minutes: int
    started_at: datetime | None = None
    ended_at: datetime | None = None


def read_day(text: str) -> date | None:
    """A day of an address; None for what is none, or lies too far away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def zone_of(member: Member) -> ZoneInfo:
    """By which a person's days begin and end."""
    return zone(member.user.time_zone or member.agency.time_zone)


def stretches(day: date, typed: Typed, clock: ZoneInfo) -> list[Stretch]:
    """What was typed for this day; a span over midnight is two stretches. Empty when a span is none on that day.

    A time that the clocks show twice is meant as the first one; one that they skip, as the moment of the change.
    """
    if typed.start is None or typed.end is None:
        return [Stretch(day, typed.minutes)]
    start = opening(clock, day, typed.start)
    end = opening(clock, day + timedelta(days=typed.end // DAY), typed.end % DAY)
    return split(start, end, clock)


def split(start: datetime, end: datetime, clock: ZoneInfo) -> list[Stretch]:
    """The stretch from start to end, cut at each midnight of the clock. Nothing within one minute of the clock."""
    return list(_pieces(whole_minute(start), whole_minute(end), clock))


def whole_minute(moment: datetime) -> datetime:
    """The minute that has begun, in UTC."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _pieces(start: datetime, end: datetime, clock: ZoneInfo) -> Iterator[Stretch]:
    while start < end:
        day = start.astimezone(clock).date()
        stop = min(end, opening(clock, day + timedelta(days=1), 0))
        yield Stretch(day, (stop - start) // MINUTE, start, stop)
        start = stop

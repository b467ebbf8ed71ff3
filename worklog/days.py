"""Stretches of work on days: by the clock of the person who worked, on days with a change of clocks too.

Seconds do not count: a stretch begins and ends at a whole minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.core.wall_clock import opening
from worklog.durations import DAY, Typed

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Work on one day. started_at, ended_at: in UTC, None when only the minutes are known."""

    day: date
    minutes: int
    started_at: datetime | None = None
    ended_at: datetime | None = None


def stretches(day: date, typed: Typed, zone: ZoneInfo) -> list[Stretch]:
    """What was typed for this day; a span over midnight is two stretches. Empty when a span is none on that day.

    A time that the clocks show twice is meant as the first one; one that they skip, as the moment of the change.
    """
    if typed.start is None or typed.end is None:
        return [Stretch(day, typed.minutes)]
    start = opening(zone, day, typed.start)
    end = opening(zone, day + timedelta(days=typed.end // DAY), typed.end % DAY)
    return split(start, end, zone)


def split(start: datetime, end: datetime, zone: ZoneInfo) -> list[Stretch]:
    """The stretch from start to end, cut at each midnight of the zone. Nothing when it is shorter than a minute."""
    return list(_pieces(whole_minute(start), whole_minute(end), zone))


def whole_minute(moment: datetime) -> datetime:
    """The minute that has begun, in UTC."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _pieces(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Stretch]:
    while start < end:
        day = start.astimezone(zone).date()
        stop = min(end, opening(zone, day + timedelta(days=1), 0))
        yield Stretch(day, (stop - start) // MINUTE, start, stop)
        start = stop

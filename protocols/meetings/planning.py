"""On which days a series meets, and at which moments. Pure: a rhythm, days and a clock on the wall in; days and moments out.

A day of the month that a month does not have is its last one: the 31st, then 28 February, then the 31st again.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from dateutil import rrule

from portal.core.zones import zone

AHEAD = timedelta(weeks=26)
"""So far ahead the meetings of a series stand as rows of their own."""
SHORTEST_MONTH = 28


def rule_of(rhythm: str, first_on: date) -> dict[str, str | int | list[int]]:
    """The parts of the RRULE, as RFC 5545 names them."""
    frequency, interval = rhythm.split("/")
    rule: dict[str, str | int | list[int]] = {"FREQ": frequency, "INTERVAL": int(interval)}
    if frequency == "MONTHLY" and first_on.day > SHORTEST_MONTH:
        rule |= {"BYMONTHDAY": list(range(SHORTEST_MONTH, first_on.day + 1)), "BYSETPOS": -1}
    return rule


def days_of(rhythm: str, first_on: date, *, since: date, until: date) -> list[date]:
    """The days of the series from `since` to `until`, both included."""
    found = _rule(rhythm, first_on).between(_midnight(since), _midnight(until), inc=True)
    return [moment.date() for moment in found]


def first_days(rhythm: str, first_on: date, number: int) -> list[date]:
    """The first so many days."""
    return [moment.date() for moment in islice(_moments(rhythm, first_on), number)]


def number_of(rhythm: str, first_on: date, day: date) -> int:
    """Which one of the series the meeting of that day is, counted from 1."""
    return len(days_of(rhythm, first_on, since=first_on, until=day))


def moment_of(day: date, at: time, time_zone: str) -> datetime:
    """When the clocks of the zone show that time on that day, in UTC.

    As RFC 5545 has it: of a time that the clocks show twice the first one; a time that they skip counts with the offset
    from before the change, so a meeting at 2:30 begins at 3:30 that day.
    """
    return datetime.combine(day, at, zone(time_zone)).astimezone(UTC)


def _rule(rhythm: str, first_on: date) -> rrule.rrule:
    parts = rule_of(rhythm, first_on)
    frequency = {"WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY}[str(parts["FREQ"])]
    return rrule.rrule(
        frequency,
        dtstart=_midnight(first_on),
        interval=parts["INTERVAL"],
        bymonthday=parts.get("BYMONTHDAY"),
        bysetpos=parts.get("BYSETPOS"),
    )


def _moments(rhythm: str, first_on: date) -> Iterator[datetime]:
    return iter(_rule(rhythm, first_on))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())

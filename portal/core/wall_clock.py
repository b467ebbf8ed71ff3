"""From the clock on the wall to the moment in UTC, on days with a change of clocks too.

A time that the spring change skips falls on the change itself. A time that the autumn change shows twice
opens the first time, and closes when its last minute is over for the last time.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def opening(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    """The first moment at which the clocks of the zone show that time."""
    wall = datetime.combine(day, time()) + minutes * MINUTE
    return _shown(zone, wall, fold=0) or _change_of_clocks(zone, wall)


def closing(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    """The end of the last minute of a window, the last time that the clocks show it."""
    wall = datetime.combine(day, time()) + (minutes - 1) * MINUTE
    moment = _shown(zone, wall, fold=1)
    return moment + MINUTE if moment else _change_of_clocks(zone, wall)


def _shown(zone: ZoneInfo, wall: datetime, *, fold: int) -> datetime | None:
    """The moment of a wall time (of the first or the second such), None when the clocks skip it."""
    moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == wall else None


def _change_of_clocks(zone: ZoneInfo, wall: datetime) -> datetime:
    """The moment of the change that swallowed this wall time (to the second, as the zone database has it)."""
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC) - timedelta(seconds=1)
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after

"""Business time: which minutes count, and arithmetic with them.

A `BusinessCalendar` says when its people work: windows per weekday in a time zone, public holidays, and days
with rules of their own. The functions below add, subtract and count the minutes that lie inside.

Every window becomes a pair of moments in UTC before anything is counted (`wall_clock`), so a day with a
change of clocks is right to the minute. Moments must be aware; all answers are in UTC.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from portal.core.public_holidays import CalendarError, public_holidays
from portal.core.wall_clock import closing, opening

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MINUTES_PER_DAY = 24 * 60
# A calendar that is closed for longer than this never opens again, as far as we are concerned.
HORIZON_DAYS = 3660

Interval = tuple[datetime, datetime]


class NeverOpenError(CalendarError):
    """The calendar has no open minute within the next ten years."""


@dataclass(frozen=True, order=True)
class Window:
    """A stretch of one day by the wall clock, in minutes since midnight; `end` may be 1440 (24:00)."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_PER_DAY:
            raise CalendarError(f"Not a window of one day: {self}")

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


def window(start: str | time, end: str | time) -> Window:
    """A window from clock times: `window("09:00", "18:00")`; an end of "24:00" or `time(0)` is midnight."""
    last = _minutes_of(end)
    return Window(_minutes_of(start), last or MINUTES_PER_DAY)


@dataclass(frozen=True)
class BusinessCalendar:
    """When business is open. The special wins: exception, then public holiday or day off, then weekday.

    `week` maps a weekday (Monday is 0) to its windows; `exceptions` a date to its own windows (none: closed).
    Public holidays come from `country` and `region` ("DE", "BY"), named in `language`; `worked_holidays` are
    business days all the same, `days_off` are further days without business. `closed` are moments in which
    nobody works although the day is a business day, such as an absence.
    """

    zone: str
    week: Mapping[int, Iterable[Window]]
    exceptions: Mapping[date, Iterable[Window]] = field(default_factory=dict)
    country: str = ""
    region: str = ""
    language: str = ""
    worked_holidays: frozenset[date] = frozenset()
    days_off: frozenset[date] = frozenset()
    closed: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        if not set(self.week) <= set(range(7)):
            raise CalendarError("Weekdays are numbered 0 (Monday) to 6 (Sunday).")
        _zone(self.zone)
        public_holidays(self.country, self.region, self.language, 2000)
        self._set("week", {day: tuple(sorted(windows)) for day, windows in self.week.items()})
        self._set("exceptions", {day: tuple(sorted(windows)) for day, windows in self.exceptions.items()})
        self._set("worked_holidays", frozenset(self.worked_holidays))
        self._set("days_off", frozenset(self.days_off))
        self._set("closed", _merged(_whole_minutes(start, end) for start, end in self.closed))

    def closed_during(self, intervals: Iterable[Interval]) -> "BusinessCalendar":
        """The same calendar without these moments: absences of a person, a pause of a contract."""
        return replace(self, closed=(*self.closed, *intervals))

    def holiday_name(self, day: date) -> str | None:
        """The public holiday of that day, also when it is worked."""
        return public_holidays(self.country, self.region, self.language, day.year).get(day)

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows of a local day by the wall clock; closed moments are not taken off."""
        if day in self.exceptions:
            return tuple(self.exceptions[day])
        if day in self.days_off:
            return ()
        if day not in self.worked_holidays and self.holiday_name(day):
            return ()
        return tuple(self.week.get(day.weekday(), ()))

    def is_business_day(self, day: date) -> bool:
        """Whether the day has any window."""
        return bool(self.windows_on(day))

    def local(self, moment: datetime) -> datetime:
        """The moment as the calendar's own clocks show it."""
        return _utc(moment).astimezone(_zone(self.zone))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


def add_minutes(calendar: BusinessCalendar, start: datetime, minutes: int) -> datetime:
    """The earliest moment by which `minutes` of business time have passed since `start`."""
    left, moment = _span(minutes), _utc(start)
    if not left:
        return moment
    for opens, closes in _forward(calendar, moment):
        opens = max(opens, moment)
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    raise _never_open(calendar)


def subtract_minutes(calendar: BusinessCalendar, end: datetime, minutes: int) -> datetime:
    """The latest moment from which `minutes` of business time pass until `end`."""
    left, moment = _span(minutes), _utc(end)
    if not left:
        return moment
    for opens, closes in _backward(calendar, moment):
        closes = min(closes, moment)
        if closes - opens >= left:
            return closes - left
        left -= closes - opens
    raise _never_open(calendar)


def minutes_between(calendar: BusinessCalendar, start: datetime, end: datetime) -> int:
    """Whole minutes of business time from `start` to `end`, both cut to the minute; 0 if `end` is earlier."""
    start, end = (_utc(moment).replace(second=0, microsecond=0) for moment in (start, end))
    total = sum((closes - opens for opens, closes in open_intervals(calendar, start, end)), timedelta())
    return total // MINUTE


def open_intervals(calendar: BusinessCalendar, start: datetime, end: datetime) -> Iterator[Interval]:
    """The open stretches between two moments in order, cut to them, never overlapping."""
    start, end = _utc(start), _utc(end)
    if end <= start:
        return
    day, last = calendar.local(start).date() - DAY, calendar.local(end).date() + DAY
    while day <= last:
        for opens, closes in _open_on(calendar, day):
            opens, closes = max(opens, start), min(closes, end)
            if closes > opens:
                yield opens, closes
                start = closes
        day += DAY


def is_open(calendar: BusinessCalendar, at: datetime) -> bool:
    """Whether the moment is business time; the closing moment itself is not."""
    moment = _utc(at)
    return any(True for _ in open_intervals(calendar, moment, moment + timedelta(microseconds=1)))


def next_opening(calendar: BusinessCalendar, at: datetime) -> datetime:
    """The moment itself when it is open, else the next moment that is."""
    moment = _utc(at)
    for opens, _closes in _forward(calendar, moment):
        return max(opens, moment)
    raise _never_open(calendar)


def end_of_business_day(calendar: BusinessCalendar, at: datetime) -> datetime:
    """When the business day of the moment closes for the last time, breaks aside.

    When that day has no business time left, the answer is for the day of the next opening.
    """
    opened = next_opening(calendar, at)
    day = calendar.local(opened).date()
    # The clocks may show the next day already and go back: then the window began the day before.
    days = (_open_on(calendar, day - DAY), _open_on(calendar, day))
    return next(stretches[-1][1] for stretches in days if any(s <= opened < e for s, e in stretches))


def add_days(calendar: BusinessCalendar, start: datetime, days: int) -> datetime:
    """The close of the n-th business day after the one of `start` (or after the next one, when it is closed then)."""
    moment = end_of_business_day(calendar, start)
    for _day in range(days):
        moment = end_of_business_day(calendar, next_opening(calendar, moment))
    return moment


def _forward(calendar: BusinessCalendar, moment: datetime) -> Iterator[Interval]:
    """Open stretches that end after the moment, in order; stops after the horizon without one."""
    # A window of the day before may reach past midnight when the clocks go back over it.
    day, idle = calendar.local(moment).date() - DAY, 0
    while idle < HORIZON_DAYS:
        idle += 1
        for opens, closes in _open_on(calendar, day):
            if closes > moment:
                yield max(opens, moment), closes
                moment, idle = closes, 0
        day += DAY


def _backward(calendar: BusinessCalendar, moment: datetime) -> Iterator[Interval]:
    """Open stretches that begin before the moment, latest first; stops after the horizon without one."""
    day, idle = calendar.local(moment).date() + DAY, 0
    while idle < HORIZON_DAYS:
        idle += 1
        for opens, closes in reversed(_open_on(calendar, day)):
            if opens < moment:
                yield opens, min(closes, moment)
                moment, idle = opens, 0
        day -= DAY


def _open_on(calendar: BusinessCalendar, day: date) -> tuple[Interval, ...]:
    """The open stretches of a local day in UTC, merged, in order, without closed moments."""
    zone = _zone(calendar.zone)
    found = ((opening(zone, day, w.start), closing(zone, day, w.end)) for w in calendar.windows_on(day))
    return _without(_merged(found), calendar.closed)


def _merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _without(intervals: tuple[Interval, ...], closed: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Take sorted closed stretches off sorted open ones."""
    rest: list[Interval] = []
    for start, end in intervals:
        for closed_from, closed_to in closed:
            if closed_to <= start or closed_from >= end:
                continue
            if closed_from > start:
                rest.append((start, closed_from))
            start = min(closed_to, end)
        if start < end:
            rest.append((start, end))
    return tuple(rest)


def _whole_minutes(start: datetime, end: datetime) -> Interval:
    """Widen to whole minutes, so that every edge of a calendar lies on one and counts add up."""
    start, end = _utc(start), _utc(end)
    whole = end.replace(second=0, microsecond=0)
    return start.replace(second=0, microsecond=0), whole if whole == end else whole + MINUTE


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("Business time needs aware datetimes, not naive ones.")
    return moment.astimezone(UTC)


def _span(minutes: int) -> timedelta:
    if minutes < 0:
        raise ValueError("Business minutes cannot be negative.")
    return minutes * MINUTE


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise CalendarError(f"Unknown time zone: {name!r}") from error


def _minutes_of(clock: str | time) -> int:
    if isinstance(clock, str):
        hours, _, minutes = clock.partition(":")
        if not (hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60):
            raise CalendarError(f"Not a time of day: {clock!r}")
        return int(hours) * 60 + int(minutes)
    return clock.hour * 60 + clock.minute


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _never_open(calendar: BusinessCalendar) -> NeverOpenError:
    return NeverOpenError(f"The calendar ({calendar.zone}) has no open minute within {HORIZON_DAYS} days.")

"""The time of a row: on its days, by the clock of the person who worked."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.wall_clock import opening
from portal.tenancy.models import Member
from worklog.days import MINUTE, Stretch, split, zone_of
from worklog.durations import DAY
from worklog.importing.cells import clock_of, minutes_of


def stretches_of(row: dict[str, str], day: date, member: Member, errors: list[str]) -> list[Stretch]:
    """From and to where both are there, cut at midnight; the duration counts where it is shorter, for there was a break.

    What cannot be both is no time: a duration that is longer, or another one than from then to then over midnight.
    """
    if not date(2000, 1, 1) <= day <= timezone.localdate() + timedelta(days=366):
        errors.append(_("The day lies too far away."))
        return []
    minutes = _duration(row)
    start, end = (clock_of(row.get(name, "")) for name in ("start", "end"))
    if start is None or end is None:
        return _alone(day, minutes, row, errors)
    work = _between(day, start, end, zone_of(member))
    if work and minutes is not None and _differs(minutes, work):
        errors.append(_("From, to and duration do not go together."))
        return []
    if len(work) == 1 and minutes is not None and 0 < minutes < work[0].minutes:
        work = [Stretch(day, minutes, work[0].started_at, work[0].ended_at)]
    return work or _alone(day, minutes, row, errors)


def _differs(minutes: int, work: list[Stretch]) -> bool:
    """Seconds may make up a minute."""
    length = sum(stretch.minutes for stretch in work)
    return minutes > length + 1 or (len(work) > 1 and 0 < minutes < length - 1)


def _duration(row: dict[str, str]) -> int | None:
    found = minutes_of(row.get("time", ""))
    return minutes_of(row.get("hours", "")) if found is None else found


def _alone(day: date, minutes: int | None, row: dict[str, str], errors: list[str]) -> list[Stretch]:
    if minutes is None:
        errors.append(_("The time “%(time)s” is none.") % {"time": row.get("time") or row.get("hours") or ""})
    elif not 0 < minutes <= DAY:
        errors.append(_("It is shorter than a minute.") if minutes <= 0 else _("It is longer than a day."))
    return [] if errors else [Stretch(day, minutes or 0)]


def _between(day: date, start: int, end: int, clock: ZoneInfo) -> list[Stretch]:
    """An end before the start lies on the next day; the same minute is no time."""
    if start == end:
        return []
    begun = opening(clock, day, start)
    ended = opening(clock, day + timedelta(days=end < start), end)
    return split(begun, max(ended, begun + MINUTE), clock)

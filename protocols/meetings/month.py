"""One month as a sheet of weeks, by the reader's clock."""

import re
from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.formats import format_date, format_time, weekday_names
from portal.tenancy.models import Client, Member
from protocols.meetings.presenting import state_of
from protocols.models import Meeting

MONTH = re.compile(r"(\d{4})-(\d{2})\Z", re.ASCII)
MONDAY = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting in its cell; aloud: what follows the title for those who cannot see the colour."""

    url: str
    title: str
    aloud: str
    tone: str


@dataclass(frozen=True, slots=True)
class Day:
    """A cell; number 0: of another month."""

    number: int
    is_today: bool
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A month with its neighbours. `before` and `after` are keys for the address, with their names."""

    title: str
    weekdays: list[tuple[str, str]]
    weeks: list[list[Day]]
    before: tuple[str, str]
    after: tuple[str, str]


def first_of(text: str) -> date:
    """The first day of the month "2026-11"; of this month for anything else."""
    found = MONTH.match(text)
    if found and 2000 <= int(found[1]) <= 2100 and 1 <= int(found[2]) <= 12:
        return date(int(found[1]), int(found[2]), 1)
    return timezone.localdate().replace(day=1)


def span_of(first: date) -> tuple[datetime, datetime]:
    """From its first moment to the first one of the next month."""
    clock = timezone.get_current_timezone()
    return datetime.combine(first, time(), clock), datetime.combine(_next(first), time(), clock)


def sheet_of(first: date, meetings: list[Meeting], client: Client, member: Member) -> Sheet:
    """Meetings come with the facts of protocols.meetings.reading; those of other months are left out."""
    by_day: dict[date, list[Entry]] = {}
    for meeting in meetings:
        by_day.setdefault(timezone.localdate(meeting.starts_at), []).append(_entry(meeting, client, member))
    before, after = (first - timedelta(days=1)).replace(day=1), _next(first)
    return Sheet(
        title=format_date(first, style="month"),
        weekdays=weekday_names(),
        weeks=[
            [_day(day, first, by_day) for day in week]
            for week in Calendar(MONDAY).monthdatescalendar(first.year, first.month)
        ],
        before=(f"{before:%Y-%m}", format_date(before, style="month")),
        after=(f"{after:%Y-%m}", format_date(after, style="month")),
    )


def _day(day: date, first: date, by_day: dict[date, list[Entry]]) -> Day:
    if day.month != first.month:
        return Day(0, False, [])
    return Day(day.day, day == timezone.localdate(), by_day.get(day, []))


def _entry(meeting: Meeting, client: Client, member: Member) -> Entry:
    state, tone = state_of(meeting, member)
    if not meeting.is_over and not meeting.is_cancelled and not meeting.is_proposal:
        tone = "brand"
    if meeting.is_over and tone == "ok":
        tone = "mute"
    aloud = _(", %(time)s, %(state)s") % {"time": format_time(meeting.starts_at), "state": state}
    return Entry(reverse("protocols:meeting", args=[client.slug, meeting.pk]), meeting.title, aloud, tone)


def _next(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)

"""Somebody's own time of one week and one day, for the pages that show it."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateField, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from portal.core.formats import format_date, format_minutes
from portal.core.prepared import Slot
from portal.tenancy.asking import Question
from portal.tenancy.models import Member
from worklog.hanging import with_question
from worklog.models import WorkEntry
from worklog.presenting import Line, lines_of, place_key
from worklog.weeks import MONDAY, SUNDAY, WEEK, Week, expected_in, missing, own_entries, with_expectation


@dataclass(frozen=True, slots=True)
class DayOfWeek:
    """One day in the strip. time: "–" when nothing was logged; share: of what is expected, in percent."""

    url: str
    label: str
    time: str
    share: int
    wanted: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What somebody did on a day and in its week. gaps: (day in words, how much is missing, where to fill it in).

    before_url, after_url: the same day of the week before, and of the one after. last: place and kind of what was worked on last,
    for the next line: of that day, else of the latest day that has anything; nothing for whoever never logged.
    """

    day: date
    is_today: bool
    week: Week
    before_url: str
    after_url: str
    strip: list[DayOfWeek]
    lines: list[Line]
    last: tuple[str, str] | None
    total: str
    wanted: str
    gaps: list[tuple[str, str, str]]


def _sums_of_week(reader, _client) -> QuerySet[Member]:
    """Adds `sums`: minutes by day; and `last`: where the newest entry of all belongs."""
    days = own_entries(reader).between(MONDAY, SUNDAY)  # type: ignore[arg-type]
    rows = days.order_by().values("spent_on").annotate(sum=Sum("minutes"))
    newest = own_entries(reader).order_by("-spent_on", "-pk")
    place = JSONObject(client="client_id", project="project_id", kind="kind__name")
    return with_expectation(reader).annotate(
        sums=ArraySubquery(rows.values(json=JSONObject(day="spent_on", sum="sum"))),
        last=Subquery(newest.values(json=place)[:1]),
    )


SUMS = Question(_sums_of_week)


def _entries_of_day(reader, _client) -> QuerySet[WorkEntry]:
    of_day = own_entries(reader).on(Slot("day", DateField()))  # type: ignore[arg-type]
    return with_question(of_day, reader).order_by("started_at", "pk")


ENTRIES = Question(_entries_of_day)


def card_of(member: Member, day: date | None = None) -> Card:
    """The day (today unless told), and the week around it. What runs is in the frame (shell.timer)."""
    today = timezone.localdate()
    day = day or today
    week = Week.of(day)
    (asked,) = SUMS.ask(member, monday=week.monday, sunday=week.sunday)
    logged = {date.fromisoformat(each["day"]): each["sum"] for each in asked.sums}
    wanted, rows = expected_in(asked, member, week), ENTRIES.ask(member, day=day)
    for row in rows:
        row.member = member
    lines = lines_of(rows, member)
    return Card(
        day=day,
        is_today=day == today,
        week=week,
        before_url=url_of(day - WEEK),
        after_url=url_of(day + WEEK),
        strip=[_day_of_week(each, logged.get(each, 0), wanted[each], day) for each in week.days],
        lines=lines,
        last=_last(lines, asked.last),
        total=format_minutes(logged.get(day, 0)),
        wanted=format_minutes(wanted[day]) if wanted[day] else "",
        gaps=gaps_of(missing(logged, wanted, until=today)),
    )


def _last(lines: list[Line], newest: dict | None) -> tuple[str, str] | None:
    """Lines stand in the order of their hours: the newest is the one that was logged last."""
    if lines:
        line = max(lines, key=lambda each: each.pk)
        return line.place, line.kind
    return (place_key(newest["client"], newest["project"]), newest["kind"]) if newest else None


def gaps_of(gaps: dict[date, int]) -> list[tuple[str, str, str]]:
    """Day, missing time, and where it is filled in."""
    return [(format_date(day, style="weekday"), format_minutes(gap), url_of(day)) for day, gap in gaps.items()]


def url_of(day: date) -> str:
    return f"{reverse('my_work:index')}?day={day.isoformat()}"


def _day_of_week(day: date, minutes: int, wanted: int, current: date) -> DayOfWeek:
    share = min(100, round(100 * minutes / wanted)) if wanted else (100 if minutes else 0)
    return DayOfWeek(
        url=url_of(day),
        label=date_format(day, "D j"),
        time=format_minutes(minutes) if minutes else "–",
        share=share,
        wanted=format_minutes(wanted) if wanted else "",
        is_current=day == current,
    )

"""The week as a sheet: a row for each place and kind of work, a cell for each day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateField, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.core.formats import format_date, format_minutes
from portal.core.prepared import Slot
from portal.tenancy.asking import Question
from portal.tenancy.models import Member
from worklog.actions.kinds import kind_names
from worklog.choosing import Place, places_of
from worklog.hanging import with_question
from worklog.models import WorkEntry
from worklog.presenting import marks_of
from worklog.today import url_of
from worklog.weeks import MONDAY, SUNDAY, Week, expected_in, missing, own_entries, with_expectation

SEPARATOR = ":"
MOST_ROWS = 60


@dataclass(slots=True)
class Cell:
    """One day of one row. value: what stands in it; note: a word below it, with its tone and where it leads.

    is_open: whether one may type here: nothing was logged yet, or one entry that may still be changed.
    sent: what was typed; error: what is wrong with it. is_kept: it was emptied, and its entry still stands.
    """

    name: str
    label: str
    day: date
    value: str = ""
    is_open: bool = True
    is_today: bool = False
    is_off: bool = False
    note: str = ""
    tone: str = "mute"
    url: str = ""
    error: str = ""
    sent: str = ""
    is_kept: bool = False

    @property
    def css(self) -> str:
        return "is-today" if self.is_today else "is-off" if self.is_off else ""


@dataclass(slots=True)
class Row:
    """One place and kind. key: how forms and addresses name it; id: the same for the page."""

    key: str
    place: Place
    kind: str
    number: int
    cells: list[Cell]
    total: str

    @property
    def title(self) -> str:
        return str(self.place)

    @property
    def id(self) -> str:
        return f"{crc32(self.key.encode()):08x}"


@dataclass(slots=True)
class Total:
    """One day of all rows. note: what is missing."""

    label: str
    time: str
    note: str
    tone: str


@dataclass(slots=True)
class Sheet:
    """A week of somebody. minutes: of all rows; last: the keys of the rows of the week before; wanted: "" when nothing is expected."""

    week: Week
    last: list[str]
    rows: list[Row]
    totals: list[Total]
    minutes: int
    wanted: str
    gaps: dict[date, int]
    places: list[Place]

    @property
    def keys(self) -> list[str]:
        return [row.key for row in self.rows]

    @property
    def total(self) -> str:
        return format_minutes(self.minutes)


def key_of(place: str, kind: str) -> str:
    return f"{place}{SEPARATOR}{kind}"


def _around(reader, _client) -> QuerySet[Member]:
    """Adds `last`: what was logged in the week before, without its hours."""
    before = own_entries(reader).between(Slot("monday_before", DateField()), Slot("sunday_before", DateField()))  # type: ignore[arg-type]
    what = JSONObject(client="client_id", project="project_id", kind="kind__name")
    return with_expectation(reader).annotate(last=ArraySubquery(in_order(before).values(json=what)))


def in_order(rows: QuerySet) -> QuerySet:
    """The order of the rows of a sheet."""
    return rows.order_by("client__name", "kind__position", "spent_on", "pk")


AROUND = Question(_around)


def _entries_of_week(reader, _client) -> QuerySet[WorkEntry]:
    of_week = own_entries(reader).between(MONDAY, SUNDAY).with_closing()  # type: ignore[arg-type]
    return in_order(with_question(of_week, reader))


ENTRIES = Question(_entries_of_week)


def sheet_of(member: Member, week: Week, keys: Iterable[str] = ()) -> Sheet:
    """The week as it stands. keys: rows that are shown first, also without time; what cannot be logged is left out, and
    what is no kind of work that is offered."""
    today, offered = timezone.localdate(), places_of(member)
    entries = ENTRIES.ask(member, monday=week.monday, sunday=week.sunday)
    (asked,) = AROUND.ask(member, monday_before=week.before.monday, sunday_before=week.before.sunday)
    wanted, logged = expected_in(asked, member, week), Counter[date]()
    places, found = {place.key: place for place in offered}, _grouped(entries)
    for entry in entries:
        place = Place(entry.client, entry.project)
        places.setdefault(place.key, place)
        logged[entry.spent_on] += entry.minutes
    asked_for = list(keys)[:MOST_ROWS]
    kinds = kind_names(member.agency) if asked_for else []
    order = list(dict.fromkeys([*asked_for, *found]))
    known = [(key, *key.split(SEPARATOR, 1)) for key in order if SEPARATOR in key]
    shown = [
        (key, places[place], kind) for key, place, kind in known if place in places and (kind in kinds or key in found)
    ]
    rows = [
        _row(member, number, key, place, kind, week, found.get(key, {}), wanted, today)
        for number, (key, place, kind) in enumerate(shown)
    ]
    totals = [_total(day, logged.get(day, 0), wanted[day], today) for day in week.days]
    return Sheet(
        week=week,
        last=_keys_in(asked.last),
        rows=rows,
        totals=totals,
        minutes=sum(logged.values()),
        wanted=format_minutes(sum(wanted.values())) if any(wanted.values()) else "",
        gaps=missing(logged, wanted, until=today),
        places=offered,
    )


def _keys_in(entries: Iterable[Mapping]) -> list[str]:
    keys = (f"p{entry['project']}" if entry["project"] else f"c{entry['client']}" for entry in entries)
    return list(dict.fromkeys(key_of(place, entry["kind"]) for place, entry in zip(keys, entries, strict=True)))


def _grouped(entries: Iterable[WorkEntry]) -> dict[str, dict[date, list[WorkEntry]]]:
    found: dict[str, dict[date, list[WorkEntry]]] = {}
    for entry in entries:
        key = key_of(Place(entry.client, entry.project).key, entry.kind.name)
        found.setdefault(key, {}).setdefault(entry.spent_on, []).append(entry)
    return found


def _row(
    member: Member,
    number: int,
    key: str,
    place: Place,
    kind: str,
    week: Week,
    by_day: Mapping[date, list[WorkEntry]],
    wanted: Mapping[date, int],
    today: date,
) -> Row:
    cells, is_less = [], any(wanted.values())
    for place_in_week, day in enumerate(week.days):
        label = f"{place}, {kind}, {format_date(day, style='weekday')}"
        cell = Cell(f"{number}-{place_in_week}", label, day, is_today=day == today, is_off=is_less and not wanted[day])
        if rows := by_day.get(day):
            _fill(cell, rows, member)
        cells.append(cell)
    minutes = sum(entry.minutes for rows in by_day.values() for entry in rows)
    return Row(key, place, kind, number, cells, format_minutes(minutes) if minutes else "")


def _fill(cell: Cell, rows: list[WorkEntry], member: Member) -> None:
    cell.value = format_minutes(sum(row.minutes for row in rows))
    cell.url = reverse("worklog:entry", args=[rows[0].client.slug, rows[0].pk])
    cell.is_open = len(rows) == 1 and rows[0].can_be_edited_by(member)
    if len(rows) > 1:
        cell.note, cell.url = _("%(number)d entries") % {"number": len(rows)}, url_of(cell.day)
    elif marks := marks_of(rows[0], member):
        cell.note, cell.tone = marks[-1]
    elif rows[0].text == rows[0].kind.name:
        cell.note = _("say what")


def _total(day: date, minutes: int, wanted: int, today: date) -> Total:
    gap = wanted - minutes
    note, tone = "", "mute"
    if gap > 0 and day < today:
        note, tone = _("%(time)s missing") % {"time": format_minutes(gap)}, "bad"
    elif gap > 0 and day == today:
        note = _("%(time)s left") % {"time": format_minutes(gap)}
    return Total(date_format(day, "D"), format_minutes(minutes) if minutes else "–", note, tone)

"""Tickets as a board, column by stage, and as a calendar, day by deadline."""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.formats import format_date
from tickets.models import Stage, Ticket
from tickets.presenting import TONES, Row

IN_A_CELL = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One stage."""

    code: str
    word: str
    tone: str
    cards: list[Row] = field(default_factory=list)


def columns_of(tickets: Iterable[Ticket], rows: Iterable[Row], *, is_client: bool) -> list[Column]:
    """Open stages with their cards; what waits for the client is called so for either reader."""
    open_stages = [stage for stage in Stage if stage != Stage.DONE]
    found = {stage.value: Column(stage.value, _word(stage, is_client), TONES[stage]) for stage in open_stages}
    for ticket, row in zip(tickets, rows, strict=True):
        found[ticket.stage].cards.append(row)
    return list(found.values())


def targets_of(columns: list[Column]) -> list[tuple[str, str]]:
    """Where a card can be moved: (stage, word), the last one closes it."""
    return [*((column.code, column.word) for column in columns), (Stage.DONE.value, str(Stage.DONE.label))]


def _word(stage: Stage, is_client: bool) -> str:
    return _("Waiting for you") if is_client and stage == Stage.WAITING else str(stage.label)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month's sheet."""

    number: int
    iso: str
    label: str
    is_today: bool
    is_outside: bool
    rows: list[Row] = field(default_factory=list)

    @property
    def first(self) -> list[Row]:
        """Those that find place in the day's cell; the list below the month has all."""
        return self.rows[:IN_A_CELL]

    @property
    def others(self) -> int:
        """How many do not."""
        return len(self.rows) - len(self.first)


def weeks_of(month: date, tickets: Iterable[Ticket], rows: Iterable[Row]) -> list[list[Day]]:
    """The month in weeks from Monday on; tickets stand at their deadline."""
    today = timezone.localdate()
    weeks = [
        [_day(day, month, today) for day in week] for week in Calendar().monthdatescalendar(month.year, month.month)
    ]
    places = {day.iso: day for week in weeks for day in week}
    for ticket, row in zip(tickets, rows, strict=True):
        day = places.get(timezone.localtime(ticket.due_at).date().isoformat()) if ticket.due_at else None
        if day:
            day.rows.append(row)
    return weeks


def _day(day: date, month: date, today: date) -> Day:
    label = format_date(day, style="weekday")
    return Day(day.day, day.isoformat(), label, day == today, day.month != month.month)

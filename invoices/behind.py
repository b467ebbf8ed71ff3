"""What stands behind lines: the work log, above this app, says whether entries still are what a draft says, and learns what
became of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from invoices.models import Invoice, InvoiceLine, LineWork
from portal.tenancy.models import Member


class WorkChanged(Exception):
    """Entries behind a draft were corrected, removed, asked about or charged elsewhere: the draft must be made anew."""

    def __init__(self, count: int):
        super().__init__(count)
        self.count = count


Opened = tuple[str, str, str]
"""What is called how, where it is, and how it opens: "here" (a fragment), "away" (another house) or "" (a page)."""


@dataclass(frozen=True)
class Work:
    """A work entry as a draft takes it. results: SHA-256 of what came of it."""

    entry_id: int
    spent_on: date
    minutes: int
    text: str
    who: str
    kind: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    results: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """current: ids -> the entries that may be charged, locked; charged: lines are issued; freed: ids may be charged again.

    results: ids of entries -> what came of each, for links, as far as the member sees it; told the work log's address.
    asked: a draft -> entries of its period that stay out, for the client waits for an answer: in words, and where they are.
    subjects: lines by id -> title and address of what their work was for, as far as the member sees it.
    waiting: a member, ids of clients and two days -> minutes by client that could be charged now.
    """

    current: Callable[[int, list[int]], dict[int, Work]]
    charged: Callable[[Iterable[LineWork]], None]
    freed: Callable[[int, list[int]], None]
    results: Callable[[list[int], Member, str], dict[int, tuple[Opened, ...]]]
    asked: Callable[[Invoice, Member], list[tuple[str, str]]]
    subjects: Callable[[Iterable[Any], Member], dict[int, tuple[str, str]]]
    waiting: Callable[[Member, list[int], date, date], dict[int, int]]


_sources: list[Source] = []


def register(source: Source) -> None:
    """Called once, from the AppConfig.ready of the work log."""
    _sources.append(source)


def confirm(agency_id: int, rows: Iterable[LineWork]) -> None:
    """Every entry is still what the draft says. Raises WorkChanged."""
    found = {row.entry_id: _told(row) for row in rows}
    if not found:
        return
    current = {pk: work for source in _sources for pk, work in source.current(agency_id, list(found)).items()}
    if changed := sum(current.get(pk) != work for pk, work in found.items()):
        raise WorkChanged(changed)


def mark_charged(rows: Iterable[LineWork]) -> None:
    for source in _sources:
        source.charged(rows)


def mark_freed(agency_id: int, entry_ids: list[int]) -> None:
    for source in _sources:
        source.freed(agency_id, entry_ids)


def _told(row: LineWork) -> Work:
    names = ("entry_id", "spent_on", "minutes", "text", "who", "kind", "started_at", "ended_at")
    return Work(**{name: getattr(row, name) for name in names}, results=tuple(row.results))


def subjects_of(lines: Iterable[InvoiceLine], member: Member) -> dict[int, tuple[str, str]]:
    """By line: title and address of the ticket or protocol; one query for each type, none without any."""
    lines = [line for line in lines if line.subject_id]
    return {pk: found for source in _sources for pk, found in source.subjects(lines, member).items()}


def asked_about(invoice: Invoice, member: Member) -> list[tuple[str, str]]:
    """What stays out of a draft until the client has its answer: in words, and its address. One query; with the agency's sight."""
    return [found for source in _sources for found in source.asked(invoice, member)]


def results_of(entry_ids: list[int], member: Member, base: str) -> dict[int, tuple[Opened, ...]]:
    """By entry. base: the address of the client's work log. One query."""
    return {pk: found for source in _sources for pk, found in source.results(entry_ids, member, base).items()}


def waiting_work(member: Member, client_ids: list[int], first: date, last: date) -> dict[int, int]:
    """By client, minutes of work of these days that could be charged now. One query."""
    return {
        pk: minutes for source in _sources for pk, minutes in source.waiting(member, client_ids, first, last).items()
    }

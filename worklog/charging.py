"""From entries to lines of an invoice: what may be charged, at which price, and how it is grouped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from invoices.actions.drafting import Part
from invoices.behind import Work
from invoices.models import LineWork
from portal.tenancy.models import Client, Member
from worklog.models import Charge, WorkEntry
from worklog.questions import invoiceable
from worklog.rates import price_of, rates_in
from worklog.subjects import subjects_of

KIND, MEMBER, SUBJECT, PROJECT = "kind", "member", "subject", "project"
MOST_NAMES = 4
"""So many names stand under a line."""


@dataclass(frozen=True)
class Taken:
    """Lines to be, and what stays out: with an open question, or not to be charged yet."""

    parts: list[Part]
    asked: list[WorkEntry]
    hidden: list[WorkEntry]

    @property
    def count(self) -> int:
        return sum(len(part.work) for part in self.parts)

    @property
    def minutes(self) -> int:
        return sum(work.minutes for part in self.parts for work in part.work)


def chargeable(client: Client, first: date, last: date, *, with_retainer: bool) -> Any:
    """Work of the agency's people that no standing invoice or draft has: billable, and what counts as retainer if
    that is charged by the hour too; never what is without charge. Call with the agency's sight."""
    charges = [Charge.BILLABLE, Charge.RETAINER] if with_retainer else [Charge.BILLABLE]
    rows = WorkEntry.objects.filter(agency_id=client.agency_id).of(client)
    return _uncharged(rows.between(first, last), client.agency_id).filter(charge__in=charges)


def _uncharged(rows: Any, agency_id: int) -> Any:
    held = LineWork.objects.filter(agency_id=agency_id, freed_at=None).values("entry_id")
    return rows.of_agency().standing().filter(invoiced_at=None).exclude(pk__in=held)


def waiting(member: Member, client_ids: list[int], first: date, last: date) -> dict[int, int]:
    """By client, minutes of billable work of these days that could be charged now; those without any are left out. One query."""
    rows: Any = WorkEntry.objects.visible_to(member).filter(client__in=client_ids, charge=Charge.BILLABLE)
    ready = shown(invoiceable(_uncharged(rows.between(first, last), member.agency_id)))
    return dict(ready.order_by().values_list("client").annotate(sum=Sum("minutes")))


def take(
    client: Client, first: date, last: date, *, by: str, reader: Member, currency: str, with_retainer: bool = False
) -> Taken:
    """Everything of the period that may be charged. by: one line for each KIND, MEMBER, SUBJECT or PROJECT, and price."""
    found = (
        chargeable(client, first, last, with_retainer=with_retainer)
        .with_names()
        .select_related("member__role")
        .order_by("spent_on", "pk")
    )
    ready = set(shown(invoiceable(found)).values_list("pk", flat=True))
    rows = list(found)
    free = [row for row in rows if row.pk in ready]
    settled = {row.pk for row in rows if row.is_open_to_contacts() and not row.is_waiting}
    return Taken(
        parts=_parts(free, by, reader, currency),
        asked=[row for row in rows if row.pk in settled - ready],
        hidden=[row for row in rows if row.pk not in settled],
    )


def shown(rows: QuerySet[WorkEntry]) -> Any:
    """What the client's people can see by now: nobody pays for what he was not shown."""
    return rows.filter(visible_from__lte=timezone.now())


def works_of(entries: Iterable[WorkEntry]) -> dict[int, Work]:
    """As an invoice keeps them, by id; one query for what came of them, without what waits with a held-back activity: not even its
    hash is told. Needs `with_names`.
    """
    entries = list(entries)
    rows = WorkEntry.objects.filter(pk__in=[entry.pk for entry in entries], results__isnull=False)
    told = Q(results__event=None) | Q(results__event__visible_from__lte=timezone.now())
    found = ArrayAgg("results__sha256", filter=told, order_by="results__pk")
    hashes = dict(rows.order_by().values_list("pk").annotate(found=found))
    return {entry.pk: _work(entry, hashes.get(entry.pk) or []) for entry in entries}


def _work(entry: WorkEntry, hashes: list[str]) -> Work:
    return Work(
        entry_id=entry.pk,
        spent_on=entry.spent_on,
        minutes=entry.minutes,
        text=entry.text,
        who=str(entry.member)[:160],
        kind=entry.kind.name,
        started_at=entry.started_at,
        ended_at=entry.ended_at,
        results=tuple(hashes),
    )


def _parts(entries: list[WorkEntry], by: str, reader: Member, currency: str) -> list[Part]:
    rates = rates_in(reader.agency_id, currency)
    prices = {entry.pk: price_of(entry, rates) for entry in entries}
    titles = subjects_of(entries, reader) if by == SUBJECT else {}
    works = works_of(entries)

    def key(entry: WorkEntry) -> tuple[Any, ...]:
        price = prices[entry.pk]
        return (_title(entry, by, titles), _subject(entry, titles), price is None, price or Decimal(0))

    groups = [(names, list(rows)) for names, rows in groupby(sorted(entries, key=key), key=key)]
    parts = [_part(names, rows, by, works) for names, rows in groups]
    return sorted(parts, key=lambda part: -part.quantity)


def _title(entry: WorkEntry, by: str, titles: dict[int, Any]) -> str:
    if by == MEMBER:
        return str(entry.member)
    if by == PROJECT:
        return entry.project.name if entry.project else _("Without a project")
    if by == SUBJECT:
        return titles[entry.pk][0] if entry.pk in titles else entry.kind.name
    return entry.kind.name


def _subject(entry: WorkEntry, titles: dict[int, Any]) -> tuple[str, int]:
    """Two protocols of one title are two lines."""
    return (entry.subject_type, entry.subject_id or 0) if entry.pk in titles else ("", 0)


def _part(names: tuple[Any, ...], rows: list[WorkEntry], by: str, works: dict[int, Work]) -> Part:
    title, (subject_type, subject_id), _is_unpriced, price = names
    people = sorted({row.kind.name if by == MEMBER else str(row.member) for row in rows})
    more = [_("and others")] if len(people) > MOST_NAMES else []
    work = tuple(works[row.pk] for row in rows)
    minutes = Decimal(sum(one.minutes for one in work))
    return Part(
        title,
        quantity=minutes,
        unit_price=price,
        detail=", ".join(people[:MOST_NAMES] + more),
        work=work,
        subject=(subject_type, subject_id or None),
    )

"""Drafts: written by hand or from work, changed as often as one likes, thrown away without a trace in the numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from invoices.behind import Work
from invoices.defaults import Defaults, defaults_of
from invoices.models import Invoice, InvoiceLine, LineSource, LineWork, Unit
from invoices.sums import Totals, line_net, parts_of, totals_of
from portal.core.context import tenant
from portal.tenancy.models import Client, Member

WORDS = (
    "title currency language service_from service_until terms_days intro notes discount with_annex project "
    "books_rate books_on books_source external_id work_group with_retainer"
).split()


class AlreadyIssued(Exception):
    """It is no draft any more."""


class DraftChanged(Exception):
    """It is not what was seen any more."""


@dataclass(frozen=True)
class Part:
    """A line to be. quantity: minutes when there is work behind it. tax: of the client, unless told. subject: type and id."""

    text: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)
    unit: str = Unit.PIECE
    detail: str = ""
    tax_category: str = ""
    tax_rate: Decimal | None = None
    work: tuple[Work, ...] = field(default=())
    subject: tuple[str, int | None] = ("", None)


@transaction.atomic
def draft(
    client: Client,
    parts: Iterable[Part] = (),
    *,
    by: Member,
    title: str,
    service_from: date,
    service_until: date,
    **words: Any,
) -> Invoice:
    """A new draft, with what is usual for the client unless told otherwise. words: as in WORDS."""
    with tenant(client.agency_id):
        usual = defaults_of(client)
        known = {"currency": usual.currency, "language": usual.language, "terms_days": usual.terms_days}
        invoice = Invoice(agency_id=client.agency_id, client=client, created_by=by, title=title[:160], **known)
        invoice.service_from, invoice.service_until = service_from, service_until
        if not invoice.can_be_managed_by(by):
            raise PermissionDenied
        _say(invoice, words)
        invoice.save()
        for part in parts:
            _add(invoice, part, usual)
        recount(invoice)
    return invoice


@transaction.atomic
def change(invoice: Invoice, *, by: Member, **words: Any) -> Invoice:
    """Say it otherwise. words: as in WORDS."""
    with tenant(invoice.agency_id):
        row = locked_draft(invoice, by)
        currency = row.currency
        _say(row, words)
        row.save()
        if row.currency != currency:
            for line in row.lines.all():
                _price(row, line)
        recount(row)
    return row


@transaction.atomic
def add_line(invoice: Invoice, part: Part, *, by: Member) -> InvoiceLine:
    """One more, at the end."""
    with tenant(invoice.agency_id):
        row = locked_draft(invoice, by)
        line = _add(row, part, defaults_of(row.client))
        recount(row)
    return line


@transaction.atomic
def change_line(line: InvoiceLine, *, by: Member, **words: Any) -> InvoiceLine:
    """words: text, detail, quantity, unit, unit_price, tax_category, tax_rate. What has work behind it keeps its minutes."""
    with tenant(line.agency_id):
        row = locked_draft(line.invoice, by)
        line = InvoiceLine.objects.get(agency_id=row.agency_id, invoice=row, pk=line.pk)
        kept = ("quantity", "unit") if line.source == LineSource.WORK else ()
        for name in (name for name in words if name not in kept):
            setattr(line, name, words[name])
        _price(row, line)
        recount(row)
    return line


@transaction.atomic
def drop_line(line: InvoiceLine, *, by: Member) -> None:
    """Away with it; its entries can be charged elsewhere."""
    with tenant(line.agency_id):
        row = locked_draft(line.invoice, by)
        InvoiceLine.objects.get(agency_id=row.agency_id, invoice=row, pk=line.pk).delete()
        recount(row)


@transaction.atomic
def replace_work(invoice: Invoice, parts: Iterable[Part], *, by: Member, **words: Any) -> Invoice:
    """The lines from work made anew; those by hand stay, behind them."""
    with tenant(invoice.agency_id):
        row = locked_draft(invoice, by)
        _say(row, words)
        row.save()
        row.lines.filter(source=LineSource.WORK).delete()
        by_hand, usual = list(row.lines.order_by("position")), defaults_of(row.client)
        for part in parts:
            _add(row, part, usual)
        for line in by_hand:
            line.position = _next_position(row)
            line.save(update_fields=["position"])
        recount(row)
    return row


@transaction.atomic
def discard(invoice: Invoice, *, by: Member) -> None:
    """The draft is gone; it never had a number."""
    with tenant(invoice.agency_id):
        locked_draft(invoice, by).delete()


def locked_draft(invoice: Invoice, by: Member) -> Invoice:
    """The row, for whoever may write it, as long as it is a draft. Call with the agency's sight."""
    rows = Invoice.objects.select_related("client__agency").select_for_update(of=("self",))
    row = rows.get(agency_id=by.agency_id, pk=invoice.pk)
    if not row.can_be_managed_by(by):
        raise PermissionDenied
    if not row.is_draft:
        raise AlreadyIssued
    return row


def recount(invoice: Invoice) -> Totals:
    """The draft's sums, from its lines."""
    return carry(invoice, totals_of(invoice.lines.all(), invoice.discount, invoice.currency))


def carry(invoice: Invoice, totals: Totals) -> Totals:
    """These are the draft's sums."""
    invoice.net, invoice.vat, invoice.gross = max(totals.net, Decimal(0)), max(totals.vat, Decimal(0)), Decimal(0)
    invoice.gross, invoice.changed_at = invoice.net + invoice.vat, timezone.now()
    invoice.save(update_fields=["net", "vat", "gross", "changed_at"])
    return totals


def _say(invoice: Invoice, words: dict[str, Any]) -> None:
    for name in words:
        if name not in WORDS:
            raise TypeError(f"a draft has no {name}")
        setattr(invoice, name, words[name])
    drop_own_rate(invoice)


def drop_own_rate(invoice: Invoice) -> None:
    """In the currency of the books there is none; one may be left from a currency that the draft had before."""
    if invoice.currency == invoice.client.agency.currency:
        invoice.books_rate, invoice.books_on, invoice.books_source = None, None, ""


def _add(invoice: Invoice, part: Part, usual: Defaults) -> InvoiceLine:
    line = InvoiceLine(
        agency_id=invoice.agency_id,
        invoice=invoice,
        position=_next_position(invoice),
        text=part.text[:200],
        detail=part.detail[:300],
        unit=Unit.MINUTE if part.work else part.unit,
        quantity=Decimal(sum(work.minutes for work in part.work)) if part.work else part.quantity,
        unit_price=part.unit_price,
        tax_category=part.tax_category or usual.tax_category,
        tax_rate=usual.tax_rate if part.tax_rate is None else part.tax_rate,
        subject_type=part.subject[0],
        subject_id=part.subject[1],
        source=LineSource.WORK if part.work else LineSource.FREE,
    )
    line.save()
    if part.work:
        LineWork.objects.bulk_create(_row(invoice, line, work) for work in part.work)
    _price(invoice, line)
    return line


def _row(invoice: Invoice, line: InvoiceLine, work: Work) -> LineWork:
    words = {**vars(work), "results": list(work.results)}
    return LineWork(agency_id=invoice.agency_id, invoice=invoice, line=line, **words)


def _price(invoice: Invoice, line: InvoiceLine) -> None:
    """What the line comes to, and each entry's part of it."""
    in_minutes = line.unit == Unit.MINUTE
    line.net = line_net(line.quantity, line.unit_price, invoice.currency, in_minutes=in_minutes)
    line.save()
    rows = list(line.work.order_by("spent_on", "pk"))
    for row, part in zip(rows, parts_of(line.net, [row.minutes for row in rows], invoice.currency), strict=True):
        row.net = part
    if rows:
        LineWork.objects.bulk_update(rows, ["net"])


def _next_position(invoice: Invoice) -> int:
    return (invoice.lines.aggregate(last=Max("position"))["last"] or 0) + 1

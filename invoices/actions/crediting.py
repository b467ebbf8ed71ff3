"""Credit notes: what was issued is taken back by a paper of its own, in part or whole."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from invoices import behind
from invoices.actions import drafting, issuing, settling
from invoices.defaults import billing_of, profile_of
from invoices.models import Invoice, InvoiceLine, InvoiceTax, Kind, LineWork
from invoices.sums import line_net
from portal.core.context import tenant
from portal.tenancy.models import Member

COPIED = "text detail unit unit_price tax_category tax_rate subject_type subject_id".split()


class NothingLeft(Exception):
    """More would be taken back than was charged, or nothing at all."""


@transaction.atomic
def credit(
    invoice: Invoice,
    *,
    by: Member,
    reason: str,
    quantities: Mapping[int, Decimal] | None = None,
    on: date | None = None,
) -> Invoice:
    """Take it back: whole, or of these lines (by id) so much. It is issued at once and set off against what is open.

    Once everything was taken back, the work behind it may be charged again. Raises NothingLeft.
    """
    with tenant(invoice.agency_id):
        row = settling.locked(invoice)
        if not row.can_be_managed_by(by):
            raise PermissionDenied
        if row.is_draft or row.is_credit or row.cancelled_at:
            raise NothingLeft
        day = on or issuing.today_of(row.client.agency)
        note = _note(row, by=by, reason=reason)
        _copy_lines(row, note, quantities)
        issuing.freeze(note, profile_of(row.agency_id), _billed(row), by=by, on=day)
        is_whole = _check_left(row, note, is_whole=quantities is None)
        settling.set_off(note, row, on=day)
        if is_whole:
            _cancel(row)
        issuing.tell(note, by=by, of=row.number)
    return note


def _note(row: Invoice, *, by: Member, reason: str) -> Invoice:
    names = "agency_id client project currency language service_from service_until title discount".split()
    names += ["books_rate", "books_on", "books_source"]
    words = {name: getattr(row, name) for name in names}
    return Invoice.objects.create(**words, kind=Kind.CREDIT, corrects=row, reason=reason, terms_days=0, created_by=by)


def _billed(row: Invoice):
    """The buyer as on the invoice."""
    billing = billing_of(row.client)
    for name, value in row.buyer.items():
        setattr(billing, name, value)
    return billing


def _copy_lines(row: Invoice, note: Invoice, quantities: Mapping[int, Decimal] | None) -> None:
    made: list[InvoiceLine] = []
    for line in row.lines.order_by("position"):
        quantity = line.quantity if quantities is None else quantities.get(line.pk, Decimal(0))
        if abs(quantity) > abs(line.quantity):
            raise NothingLeft
        if quantity:
            made.append(_copy(line, note, quantity, len(made) + 1))
    if not made:
        raise NothingLeft
    InvoiceLine.objects.bulk_create(made)
    drafting.recount(note)


def _copy(line: InvoiceLine, note: Invoice, quantity: Decimal, position: int) -> InvoiceLine:
    words = {name: getattr(line, name) for name in COPIED}
    net = line_net(quantity, line.unit_price, note.currency, in_minutes=line.unit == "minute")
    net = line.net if quantity == line.quantity else net
    return InvoiceLine(agency_id=note.agency_id, invoice=note, position=position, quantity=quantity, net=net, **words)


def _check_left(row: Invoice, note: Invoice, *, is_whole: bool) -> bool:
    """Of no tax rate more is taken back than was charged. Returns whether everything was, by all credit notes together."""
    charged, taken = (
        _by_rate(InvoiceTax.objects.filter(invoice=row)),
        _by_rate(InvoiceTax.objects.filter(invoice__corrects=row)),
    )
    if any(taken[key] > charged.get(key, Decimal(0)) for key in taken):
        raise NothingLeft
    notes = Invoice.objects.filter(agency_id=row.agency_id, corrects=row).issued()
    gross = sum(notes.values_list("gross", flat=True), Decimal(0))
    if gross > row.gross or (is_whole and note.gross != row.gross):
        raise NothingLeft
    return is_whole or (gross == row.gross and taken == charged and gross > 0)


def _by_rate(taxes) -> dict[tuple, Decimal]:
    found: dict[tuple, Decimal] = {}
    for tax in taxes:
        key = (tax.category, tax.rate)
        found[key] = found.get(key, Decimal(0)) + tax.taxable
    return found


def _cancel(row: Invoice) -> None:
    """Taken back whole: its work may be charged again."""
    row.cancelled_at = timezone.now()
    row.save(update_fields=["cancelled_at"])
    work = LineWork.objects.filter(agency_id=row.agency_id, invoice=row, freed_at=None)
    freed = list(work.values_list("entry_id", flat=True))
    work.update(freed_at=row.cancelled_at)
    behind.mark_freed(row.agency_id, freed)

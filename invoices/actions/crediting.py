"""Credit notes: what was issued is taken back by a paper of its own, in part or whole."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from invoices import behind
from invoices.actions import issuing, settling
from invoices.actions.paying import NotFitting
from invoices.days import today_of
from invoices.defaults import billing_of, profile_of
from invoices.left import LineRest, NothingLeft, fitted, lines_left, rates_left
from invoices.models import Invoice, InvoiceLine, Kind, LineWork, Origin, Unit, may_settle
from invoices.payment_events import USED
from invoices.sums import Totals, line_net, totals_of
from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Member

COPIED = "text detail unit unit_price tax_category tax_rate subject_type subject_id".split()


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
        if row.is_draft or row.is_credit or row.cancelled_at or row.origin != Origin.PORTAL:
            raise NothingLeft
        day = on or today_of(row.client.agency)
        note = _note(row, by=by, reason=reason)
        totals, is_whole = _copy_lines(row, note, quantities)
        issuing.freeze(note, profile_of(row.agency_id), _billed(row), by=by, on=day, totals=totals)
        settling.set_off(note, row, on=day)
        if is_whole:
            _cancel(row)
        issuing.tell(note, by=by, of=row.number)
    return note


@transaction.atomic
def use(credit: Invoice, invoice: Invoice, *, by: Member) -> Decimal:
    """Set off what a credit note leaves, as far as it was paid, against another open invoice. Gives how much it was.

    Raises NotFitting when they are not of one client, issuer and currency, TooMuch when nothing can be set off.
    """
    with tenant(credit.agency_id):
        pks = {credit.pk, invoice.pk, credit.corrects_id or credit.pk}
        rows = {pk: settling.locked(Invoice(pk=pk)) for pk in sorted(pks)}
        note, row = rows[credit.pk], rows[invoice.pk]
        if not may_settle(by, note.client, note.issuer_id):
            raise PermissionDenied
        sides = {(one.client_id, one.issuer_id, one.currency) for one in (note, row)}
        if len(sides) > 1 or not note.is_credit or row.is_credit or note.is_draft or row.is_draft:
            raise NotFitting
        day = today_of(note.client.agency)
        amount = settling.set_off(note, row, on=day, most=settling.usable_of(note))
        if not amount:
            raise settling.TooMuch
        if note.issuer_id is None:
            record(USED, note, by=by, number=note.number, invoice=row.number)
    return amount


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


def _copy_lines(row: Invoice, note: Invoice, quantities: Mapping[int, Decimal] | None) -> tuple[Totals, bool]:
    """The note's lines. Whole: only as long as nothing was taken back. Gives its sums, and whether nothing is left now."""
    left, rates = lines_left(row), rates_left(row)
    lines = list(row.lines.order_by("position"))
    wanted = {line.pk: line.quantity for line in lines} if quantities is None else quantities
    made = [_copy(line, note, wanted[line.pk], left[line.pk]) for line in lines if wanted.get(line.pk)]
    if not made:
        raise NothingLeft
    for position, line in enumerate(made, 1):
        line.position = position
    InvoiceLine.objects.bulk_create(made)
    taken = {line.takes_back_id: line.net for line in made}
    unfinished = {_rate(line) for line in lines if left[line.pk].net != taken.get(line.pk, 0)}
    totals = totals_of(made, note.discount, note.currency)
    return fitted(totals, rates, rates.keys() - unfinished), not unfinished


def _copy(line: InvoiceLine, note: Invoice, quantity: Decimal, rest: LineRest) -> InvoiceLine:
    """The last of a line takes the cents that rounding has left of it."""
    if not rest.holds(quantity):
        raise NothingLeft
    net = line_net(quantity, line.unit_price, note.currency, in_minutes=line.unit == Unit.MINUTE)
    net = rest.net if quantity == rest.quantity else min(net, rest.net, key=abs)
    words = {name: getattr(line, name) for name in COPIED}
    return InvoiceLine(agency_id=note.agency_id, invoice=note, takes_back=line, quantity=quantity, net=net, **words)


def _rate(line: InvoiceLine) -> tuple[str, Decimal]:
    return line.tax_category, line.tax_rate


def _cancel(row: Invoice) -> None:
    """Taken back whole: its work may be charged again."""
    row.cancelled_at = timezone.now()
    row.save(update_fields=["cancelled_at"])
    work = LineWork.objects.filter(agency_id=row.agency_id, invoice=row, freed_at=None)
    freed = list(work.values_list("entry_id", flat=True))
    work.update(freed_at=row.cancelled_at)
    behind.mark_freed(row.agency_id, freed)

"""How much of an invoice is paid or set off: one sum, moved under the invoice's lock."""

from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from invoices.models import Allocation, Invoice, Refund, SetOff


class TooMuch(Exception):
    """More than is open, or less than nothing."""


def locked(invoice: Invoice) -> Invoice:
    """The row, nobody else moves its sum until the transaction ends. Call with the agency's sight; first of all locks."""
    return Invoice.objects.select_related("client__agency").select_for_update(of=("self",)).get(pk=invoice.pk)


def settle(row: Invoice, amount: Decimal, *, on: date) -> None:
    """Move the sum by this amount, less than zero to take it back. row: as `locked` gave it. Raises TooMuch."""
    settled = row.settled + amount
    if not 0 <= settled <= row.gross:
        raise TooMuch
    row.settled, row.settled_on = settled, on if settled == row.gross else None
    row.save(update_fields=["settled", "settled_on"])


def usable_of(credit: Invoice) -> Decimal:
    """So much of a credit note may go back as money, or to another invoice.

    That is what it leaves, and no more than came in for the invoice that it corrects: what was waived was never paid.
    Call with both locked where it matters.
    """
    bill = credit.corrects_id
    if bill is None:
        return credit.open_amount
    own, offs = Q(credit__corrects=bill), SetOff.objects.filter(agency_id=credit.agency_id)
    paid = Allocation.objects.filter(agency_id=credit.agency_id, invoice=bill, payment__reversed_at=None)
    refunds = Refund.objects.filter(own, agency_id=credit.agency_id)
    came = _sum(paid) + _sum(offs.filter(~own, invoice=bill))
    gone = _sum(refunds) + _sum(offs.filter(own).exclude(invoice=bill))
    return max(Decimal(0), min(credit.open_amount, came - gone))


def _sum(rows: QuerySet) -> Decimal:
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def set_off(credit: Invoice, invoice: Invoice, *, on: date, most: Decimal | None = None) -> Decimal:
    """Use as much of the credit note for the invoice as both leave open, at most so much; how much that was. Both are locked."""
    amount = min(credit.open_amount if most is None else most, invoice.open_amount)
    if amount:
        mine = {"agency_id": invoice.agency_id, "credit": credit, "invoice": invoice}
        SetOff.objects.create(**mine, amount=amount, made_on=on)
        settle(invoice, amount, on=on)
        settle(credit, amount, on=on)
    return amount

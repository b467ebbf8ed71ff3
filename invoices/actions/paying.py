"""Payments: recorded, used for invoices, reversed, paid back. Locks in one order: the payment, then invoices by their id."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from invoices.actions.settling import TooMuch, locked, set_off, settle, usable_of
from invoices.days import today_of
from invoices.models import Allocation, Invoice, Payment, Refund, Waiver, may_settle
from invoices.payment_events import CLAIMED, RECEIVED, REFUNDED, REVERSED, WAIVED
from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Client, Member, Vendor

WORDS = "method reference payer payer_iban books_rate books_on books_source".split()


class NotFitting(Exception):
    """The payment is not for these invoices: another client, issuer or currency, or it was reversed."""


@transaction.atomic
def receive(
    client: Client,
    shares: Mapping[Invoice, Decimal],
    *,
    by: Member,
    amount: Decimal,
    currency: str,
    paid_on: date,
    issuer: Vendor | None = None,
    line=None,
    **words: Any,
) -> Payment:
    """Record a sum and what it is for; the rest of it waits. shares: of which invoice so much is paid. words: as in WORDS.

    Raises TooMuch when the shares exceed the sum or what is open, or the sum is nothing; NotFitting.
    """
    if not may_settle(by, client, issuer.pk if issuer else None):
        raise PermissionDenied
    if amount <= 0:
        raise TooMuch
    sums = {"amount": amount, "currency": currency, "paid_on": paid_on}
    said = {name: words[name] for name in WORDS if name in words}
    with tenant(client.agency_id):
        mine = {"agency_id": client.agency_id, "client": client, "issuer": issuer, "line": line, "recorded_by": by}
        payment = Payment.objects.create(**mine, **sums, **said)
        _share_out(payment, shares)
        _tell(RECEIVED, payment, shares, by)
    return payment


@transaction.atomic
def allocate(payment: Payment, shares: Mapping[Invoice, Decimal], *, by: Member) -> Payment:
    """Use what is left of a payment. Raises TooMuch, NotFitting."""
    with tenant(payment.agency_id):
        row = _locked(payment, by)
        _share_out(row, shares)
        _tell(RECEIVED, row, shares, by)
    return row


@transaction.atomic
def reverse(payment: Payment, *, by: Member, reason: str) -> Payment:
    """It was wrong, or it bounced: from now on it is for nothing, and its invoices are open again.

    What credit notes of these invoices leave is set off first. Raises NotFitting when part of it was paid back, or it was reversed before.
    """
    with tenant(payment.agency_id):
        row = _locked(payment, by)
        if row.refunds.exists():
            raise NotFitting
        paid = {share.invoice_id for share in row.allocations.all()}
        notes = Invoice.objects.filter(agency_id=row.agency_id, corrects__in=paid).issued()
        rows = {pk: locked(Invoice(pk=pk)) for pk in sorted(paid | {note.pk for note in notes})}
        row.reversed_at, row.reversed_by, row.reversal_reason = timezone.now(), by, reason[:300]
        row.save(update_fields=["reversed_at", "reversed_by", "reversal_reason"])
        for share in row.allocations.all():
            settle(rows[share.invoice_id], -share.amount, on=row.paid_on)
        for note in (found for found in rows.values() if found.is_credit):
            set_off(note, rows[note.corrects_id], on=today_of(row.client.agency))
        _tell(REVERSED, row, (rows[pk] for pk in paid), by)
    return row


@transaction.atomic
def pay_back(payment: Payment, amount: Decimal, *, by: Member, on: date, reference: str = "") -> Refund:
    """Send back what was paid too much. Raises TooMuch."""
    with tenant(payment.agency_id):
        row = _locked(payment, by)
        if not 0 < amount <= rest_of(row):
            raise TooMuch
        refund = _refund(row.client, by=by, amount=amount, refunded_on=on, reference=reference, payment=row)
        _tell(REFUNDED, row, [share.invoice for share in row.allocations.select_related("invoice")], by)
    return refund


@transaction.atomic
def pay_out(credit: Invoice, amount: Decimal, *, by: Member, on: date, reference: str = "") -> Refund:
    """Send back what a credit note leaves, as far as it was paid. Raises TooMuch."""
    with tenant(credit.agency_id):
        if credit.corrects_id:
            locked(Invoice(pk=credit.corrects_id))
        row = locked(credit)
        if not row.can_be_managed_by(by):
            raise PermissionDenied
        if not row.is_credit or row.is_draft or amount <= 0:
            raise NotFitting
        if amount > usable_of(row):
            raise TooMuch
        refund = _refund(row.client, by=by, amount=amount, refunded_on=on, reference=reference, credit=row)
        settle(row, amount, on=on)
        record(REFUNDED, row, by=by, number=row.number)
    return refund


@transaction.atomic
def waive(invoice: Invoice, amount: Decimal, *, by: Member, reason: str) -> Waiver:
    """So much of it is not asked for any more. Raises TooMuch."""
    with tenant(invoice.agency_id):
        row = locked(invoice)
        if not may_settle(by, row.client, row.issuer_id):
            raise PermissionDenied
        if row.is_draft or row.is_credit or not 0 < amount <= row.open_amount:
            raise TooMuch
        day = today_of(row.client.agency)
        words = {"amount": amount, "reason": reason[:300], "waived_on": day, "waived_by": by}
        waiver = Waiver.objects.create(agency_id=row.agency_id, invoice=row, **words)
        settle(row, amount, on=day)
        if row.issuer_id is None:
            record(WAIVED, row, by=by, number=row.number)
    return waiver


@transaction.atomic
def claim(waiver: Waiver, *, by: Member, reason: str) -> Waiver:
    """The waiver is reversed: so much of the invoice is asked for again. What its credit notes leave is set off first.

    Raises NotFitting when it was reversed before.
    """
    with tenant(waiver.agency_id):
        bill = locked(Invoice(pk=waiver.invoice_id))
        if not may_settle(by, bill.client, bill.issuer_id):
            raise PermissionDenied
        row = Waiver.objects.select_for_update().get(agency_id=bill.agency_id, pk=waiver.pk)
        if row.is_reversed:
            raise NotFitting
        row.reversed_at, row.reversed_by, row.reversal_reason = timezone.now(), by, reason[:300]
        row.save(update_fields=["reversed_at", "reversed_by", "reversal_reason"])
        day = today_of(bill.client.agency)
        settle(bill, -row.amount, on=day)
        notes = Invoice.objects.filter(agency_id=bill.agency_id, corrects=bill).issued().order_by("pk")
        for note in notes:
            set_off(locked(note), bill, on=day)
        if bill.issuer_id is None:
            record(CLAIMED, bill, by=by, number=bill.number)
    return row


def rest_of(payment: Payment) -> Decimal:
    """What of it is for nothing yet."""
    if payment.is_reversed:
        return Decimal(0)
    used = [*payment.allocations.values_list("amount", flat=True), *payment.refunds.values_list("amount", flat=True)]
    return payment.amount - sum(used, Decimal(0))


def _share_out(payment: Payment, shares: Mapping[Invoice, Decimal]) -> None:
    if sum(shares.values(), Decimal(0)) > rest_of(payment):
        raise TooMuch
    for invoice, amount in sorted(shares.items(), key=lambda share: share[0].pk):
        row = locked(invoice)
        mine = (row.client_id, row.issuer_id, row.currency)
        if row.is_draft or row.is_credit or mine != (payment.client_id, payment.issuer_id, payment.currency):
            raise NotFitting
        if not 0 < amount <= row.open_amount:
            raise TooMuch
        Allocation.objects.create(agency_id=row.agency_id, payment=payment, invoice=row, amount=amount)
        settle(row, amount, on=payment.paid_on)


def _locked(payment: Payment, by: Member) -> Payment:
    """The row, locked, if it may be touched by this member and stands."""
    rows = Payment.objects.select_related("client__agency").select_for_update(of=("self",))
    row = rows.get(pk=payment.pk)
    if not row.can_be_managed_by(by):
        raise PermissionDenied
    if row.is_reversed:
        raise NotFitting
    return row


def _refund(client: Client, *, by: Member, **words: Any) -> Refund:
    return Refund.objects.create(agency_id=client.agency_id, client=client, recorded_by=by, **words)


def _tell(kind: str, payment: Payment, invoices: Iterable[Invoice], by: Member) -> None:
    """What is between a client and its provider is no event of the agency."""
    numbers = ", ".join(str(invoice.number) for invoice in invoices)
    if payment.issuer_id is None and numbers:
        record(kind, payment, by=by, number=numbers)

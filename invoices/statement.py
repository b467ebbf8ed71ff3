"""The statement of account: what a client was charged and has paid, with a running balance, and how old the debt is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.models import Allocation, Invoice, Payment, Refund, SetOff, Waiver
from portal.tenancy.models import Client, Member

AGES = (
    (0, gettext_lazy("Not due yet")),
    (30, gettext_lazy("1 to 30 days overdue")),
    (60, gettext_lazy("31 to 60 days")),
    (90, gettext_lazy("61 to 90 days")),
    (None, gettext_lazy("More than 90 days")),
)
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Entry:
    """One movement. amount: what the client owes more, below zero less; balance: after it. invoice: its id, if it is one."""

    on: date
    text: str
    note: str
    amount: Decimal
    balance: Decimal = ZERO
    invoice: int | None = None
    payment: int | None = None


@dataclass(frozen=True)
class Statement:
    """Of one client in one currency, from `first` to `last`, both included. unused: of payments and credit notes, on the last day."""

    client: Client
    currency: str
    first: date
    last: date
    opening: Decimal
    entries: tuple[Entry, ...]
    ages: tuple[tuple[str, Decimal], ...]
    unused: Decimal

    @property
    def closing(self) -> Decimal:
        return self.entries[-1].balance if self.entries else self.opening

    @property
    def charged(self) -> Decimal:
        return sum((entry.amount for entry in self.entries if entry.amount > 0), ZERO)

    @property
    def paid(self) -> Decimal:
        return -sum((entry.amount for entry in self.entries if entry.amount < 0), ZERO)


def statement_of(member: Member, client: Client, currency: str, first: date, last: date) -> Statement:
    """What the member sees of the account between client and agency; six queries."""
    invoices = list(invoices_of(member, client).filter(currency=currency, issued_on__lte=last))
    payments = list(payments_of(member, client).filter(currency=currency, paid_on__lte=last))
    waivers = list(Waiver.objects.filter(invoice__in=invoices, waived_on__lte=last))
    refunds = list(Refund.objects.visible_to(member).of_currency(client, currency).filter(refunded_on__lte=last))
    moves = [*_charges(invoices), *_receipts(payments, last), *_waived(waivers, invoices), *_returned(refunds)]
    moves.sort(key=lambda entry: (entry.on, entry.amount < 0, entry.text))
    opening = sum((entry.amount for entry in moves if entry.on < first), ZERO)
    entries = tuple(_running((entry for entry in moves if entry.on >= first), opening))
    sums = _aged(invoices, _settled_on(invoices, payments, waivers, last), last)
    ages = tuple(zip((str(label) for _days, label in AGES), sums, strict=True))
    balance = entries[-1].balance if entries else opening
    return Statement(client, currency, first, last, opening, entries, ages, sum(sums, ZERO) - balance)


def invoices_of(member: Member, client: Client):
    """The agency's invoices and credit notes; a provider's have nothing to do with this account."""
    return Invoice.objects.visible_to(member).of(client).issued().filter(issuer=None)


def payments_of(member: Member, client: Client):
    return Payment.objects.visible_to(member).of(client).filter(issuer=None)


def currencies_of(member: Member, client: Client) -> list[str]:
    """The one used last comes first."""
    rows = invoices_of(member, client).order_by("-issued_on", "-pk").values_list("currency", flat=True)
    paid = payments_of(member, client).order_by("-paid_on").values_list("currency", flat=True)
    return list(dict.fromkeys([*rows, *paid])) or [client.agency.currency]


def _charges(invoices: Iterable[Invoice]) -> Iterator[Entry]:
    for row in invoices:
        name = _("Credit note %(number)s") if row.is_credit else _("Invoice %(number)s")
        amount = -row.gross if row.is_credit else row.gross
        yield Entry(row.issued_on, name % {"number": row.number}, row.title, amount, invoice=row.pk)


def _receipts(payments: Iterable[Payment], last: date) -> Iterator[Entry]:
    for row in payments:
        entry = Entry(row.paid_on, _("Payment"), row.reference or row.payer, -row.amount, payment=row.pk)
        yield entry
        day = _reversed_on(row)
        if day and day <= last:
            yield replace(
                entry, on=max(day, row.paid_on), text=_("Payment reversed"), note=row.reversal_reason, amount=row.amount
            )


def _waived(waivers: Iterable[Waiver], invoices: Iterable[Invoice]) -> Iterator[Entry]:
    numbers = {row.pk: row.number for row in invoices}
    for row in waivers:
        text = _("Not asked for: the rest of %(number)s") % {"number": numbers[row.invoice_id]}
        yield Entry(row.waived_on, text, row.reason, -row.amount, invoice=row.invoice_id)


def _returned(refunds: Iterable[Refund]) -> Iterator[Entry]:
    for row in refunds:
        yield Entry(row.refunded_on, _("Paid back"), row.reference, row.amount, payment=row.payment_id)


def _running(entries: Iterable[Entry], balance: Decimal) -> Iterator[Entry]:
    for entry in entries:
        balance += entry.amount
        yield replace(entry, balance=balance)


def _reversed_on(payment: Payment) -> date | None:
    return timezone.localtime(payment.reversed_at).date() if payment.reversed_at else None


def _settled_on(
    invoices: list[Invoice], payments: list[Payment], waivers: list[Waiver], day: date
) -> dict[int, Decimal]:
    """What was settled of each on the evening of this day."""
    settled: dict[int, Decimal] = defaultdict(lambda: ZERO)
    standing = [row.pk for row in payments if not row.reversed_at or (_reversed_on(row) or day) > day]
    offs = SetOff.objects.filter(invoice__in=invoices, credit__in=[row.pk for row in invoices])
    for rows in (Allocation.objects.filter(payment__in=standing), offs):
        for invoice, amount in rows.values_list("invoice_id", "amount"):
            settled[invoice] += amount
    for waiver in waivers:
        settled[waiver.invoice_id] += waiver.amount
    return settled


def _aged(invoices: Iterable[Invoice], settled: dict[int, Decimal], day: date) -> list[Decimal]:
    """Of invoices alone; what credit notes leave is among what is unused."""
    sums = [ZERO for _age in AGES]
    for row in invoices:
        if not row.is_credit:
            late = (day - row.due_on).days
            place = next(number for number, (most, _label) in enumerate(AGES) if most is None or late <= most)
            sums[place] += row.gross - settled[row.pk]
    return sums

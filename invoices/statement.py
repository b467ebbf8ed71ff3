"""The statement of account: what a client was charged and has paid, with a running balance, and how old the debt is.

The balance is of documents and money alone: invoices, credit notes, payments, and what was waived. An invoice is the sum of its
lines, and once issued it never changes. The fee of a reminder is on no document, so no payment can be for it. It is claimed in
the reminder; the statement shows on which day and how much, and does not count it. An agency that wants it paid puts it on an
invoice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.days import day_of
from invoices.models import Allocation, Invoice, Payment, Refund, Reminder, SetOff, Waiver
from portal.core.formats import format_money
from portal.tenancy.models import Agency, Client, Member

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
    """One movement. amount: what the client owes more, below zero less, zero for a fee that was only named; balance: after it.
    invoice: its id, if it is about one.

    is_money: whether money moved, or was thought to; else something was charged, taken back or waived. undoes: it takes a
    waiver back, and stands below it when both are of one day.
    """

    on: date
    text: str
    note: str
    amount: Decimal
    balance: Decimal = ZERO
    invoice: int | None = None
    payment: int | None = None
    is_money: bool = False
    undoes: bool = False


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
        """Less credit notes, and what was waived."""
        return sum((entry.amount for entry in self.entries if not entry.is_money), ZERO)

    @property
    def paid(self) -> Decimal:
        """Less what bounced, and what was paid back."""
        return -sum((entry.amount for entry in self.entries if entry.is_money), ZERO)

    @property
    def debit(self) -> Decimal:
        """All that made the debt larger."""
        return sum((entry.amount for entry in self.entries if entry.amount > 0), ZERO)

    @property
    def credit(self) -> Decimal:
        """All that made it smaller."""
        return -sum((entry.amount for entry in self.entries if entry.amount < 0), ZERO)


@dataclass(frozen=True)
class Account:
    """Everything between a client and the agency, in all its currencies: three queries."""

    client: Client
    invoices: list[Any]
    payments: list[Payment]
    refunds: list[Refund]

    @classmethod
    def of(cls, member: Member, client: Client) -> "Account":
        """What the member sees of it. A provider's invoices and payments have nothing to do with it."""
        mine = {"agency_id": OuterRef("agency_id"), "invoice": OuterRef("pk")}
        text = Cast("amount", TextField())
        shares = Allocation.objects.filter(**mine).values(json=JSONObject(payment="payment_id", amount=text))
        offs = SetOff.objects.filter(**mine).values(json=JSONObject(on="made_on", amount=text))
        waivers = Waiver.objects.filter(**mine).order_by("pk")
        again = {"reversed": "reversed_at", "why": "reversal_reason"}
        waived = waivers.values(json=JSONObject(amount=text, on="waived_on", reason="reason", **again))
        rows = Invoice.objects.visible_to(member).of(client).issued().filter(issuer=None).order_by("-issued_on", "-pk")
        fees = Reminder.objects.filter(**mine, fee__gt=0).order_by("tier")
        named = fees.values(json=JSONObject(tier="tier", at="sent_at", fee=Cast("fee", TextField())))
        found = {"found_shares": shares, "found_offs": offs, "found_waivers": waived, "found_fees": named}
        invoices = rows.annotate(**{name: ArraySubquery(query) for name, query in found.items()})
        payments = Payment.objects.visible_to(member).of(client).filter(issuer=None).order_by("-paid_on", "-pk")
        refunds = Refund.objects.visible_to(member).of_agency(client)
        return cls(client, list(invoices), list(payments), list(refunds.select_related("payment", "credit")))

    @property
    def currencies(self) -> list[str]:
        """The one that was charged last comes first."""
        return list(dict.fromkeys(row.currency for row in [*self.invoices, *self.payments])) or [
            self.client.agency.currency
        ]

    def statement(self, currency: str, first: date, last: date) -> Statement:
        """In one currency, from one day to another."""
        invoices = [row for row in self.invoices if row.currency == currency and row.issued_on <= last]
        payments = [row for row in self.payments if row.currency == currency and row.paid_on <= last]
        refunds = [row for row in self.refunds if row.currency == currency]
        moves = [*_charges(invoices), *_receipts(payments, self.client.agency)]
        moves += [*_waived(invoices, self.client.agency), *_returned(refunds), *_fees(invoices, self.client.agency)]
        moves = sorted((row for row in moves if row.on <= last), key=_place)
        opening = sum((entry.amount for entry in moves if entry.on < first), ZERO)
        entries = tuple(_running((entry for entry in moves if entry.on >= first), opening))
        standing = {row.pk for row in payments if (_reversed_on(row, self.client.agency) or date.max) > last}
        sums = _aged(invoices, standing, last, self.client.agency)
        ages = tuple(zip((str(label) for _days, label in AGES), sums, strict=True))
        balance = entries[-1].balance if entries else opening
        return Statement(self.client, currency, first, last, opening, entries, ages, sum(sums, ZERO) - balance)


def _place(entry: Entry) -> tuple[date, bool, bool, str]:
    """Of one day: what makes the debt larger, what makes it smaller, then what was undone."""
    return entry.on, entry.undoes, entry.amount < 0, entry.text


def _charges(invoices: Iterable[Any]) -> Iterator[Entry]:
    for row in invoices:
        name = _("Credit note %(number)s") if row.is_credit else _("Invoice %(number)s")
        amount = -row.gross if row.is_credit else row.gross
        yield Entry(row.issued_on, name % {"number": row.number}, row.title, amount, invoice=row.pk)


def _receipts(payments: Iterable[Payment], agency: Agency) -> Iterator[Entry]:
    for row in payments:
        note = row.reference or row.payer
        entry = Entry(row.paid_on, _("Payment"), note, -row.amount, payment=row.pk, is_money=True)
        yield entry
        if day := _reversed_on(row, agency):
            words: dict[str, Any] = {"text": _("Payment reversed"), "note": row.reversal_reason, "amount": row.amount}
            yield replace(entry, on=max(day, row.paid_on), **words)


def _waived(invoices: Iterable[Any], agency: Agency) -> Iterator[Entry]:
    for row in invoices:
        for waiver in row.found_waivers:
            text = _("Not asked for: the rest of %(number)s") % {"number": row.number}
            day, amount = date.fromisoformat(waiver["on"]), Decimal(waiver["amount"])
            yield Entry(day, text, waiver["reason"], -amount, invoice=row.pk)
            if again := _claimed_on(waiver, agency):
                text = _("Asked for again: the rest of %(number)s") % {"number": row.number}
                yield Entry(max(again, day), text, waiver["why"], amount, invoice=row.pk, undoes=True)


def _returned(refunds: Iterable[Refund]) -> Iterator[Entry]:
    for row in refunds:
        words: dict[str, Any] = {"payment": row.payment_id, "is_money": True}
        yield Entry(row.refunded_on, _("Paid back"), row.reference, row.amount, **words)


def _fees(invoices: Iterable[Any], agency: Agency) -> Iterator[Entry]:
    """Shown where they were claimed; they move nothing. In the agency's currency, whatever that of the invoice is."""
    for row in invoices:
        for fee in row.found_fees:
            text = _("Reminder %(tier)d of %(number)s") % {"tier": fee["tier"], "number": row.number}
            sum_of_it = format_money(Decimal(fee["fee"]), agency.currency)
            note = _("Fee of %(sum)s, not in the balance: it is on no invoice") % {"sum": sum_of_it}
            yield Entry(day_of(datetime.fromisoformat(fee["at"]), agency), text, note, ZERO, invoice=row.pk)


def _running(entries: Iterable[Entry], balance: Decimal) -> Iterator[Entry]:
    for entry in entries:
        balance += entry.amount
        yield replace(entry, balance=balance)


def _reversed_on(payment: Payment, agency: Agency) -> date | None:
    return day_of(payment.reversed_at, agency) if payment.reversed_at else None


def _claimed_on(waiver: dict[str, Any], agency: Agency) -> date | None:
    return day_of(datetime.fromisoformat(waiver["reversed"]), agency) if waiver["reversed"] else None


def _aged(invoices: Iterable[Any], standing: set[int], day: date, agency: Agency) -> list[Decimal]:
    """What was open on the evening of this day, by age; what credit notes leave is among what is unused."""
    sums = [ZERO for _age in AGES]
    for row in invoices:
        if not row.is_credit:
            late = (day - row.due_on).days
            place = next(number for number, (most, _label) in enumerate(AGES) if most is None or late <= most)
            sums[place] += row.gross - _settled(row, standing, day, agency)
    return sums


def _settled(row: Any, standing: set[int], day: date, agency: Agency) -> Decimal:
    paid = [Decimal(share["amount"]) for share in row.found_shares if share["payment"] in standing]
    waived = [part for part in row.found_waivers if (_claimed_on(part, agency) or date.max) > day]
    parts = [*waived, *row.found_offs]
    others = [Decimal(part["amount"]) for part in parts if date.fromisoformat(part["on"]) <= day]
    return sum([*paid, *others], ZERO)

"""Bank files: each comes in once, and nothing of it is booked before somebody confirms it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from invoices.actions.paying import NotFitting, receive, waive
from invoices.actions.settling import TooMuch, locked
from invoices.banking.conversion import worth
from invoices.banking.matching import DISCOUNT
from invoices.banking.reading import read
from invoices.models import BankContent, BankFile, BankLine, Invoice, Payment
from portal.core.context import tenant
from portal.tenancy.models import Member

RATE = Decimal("0.00000001")


class KnownFile(Exception):
    """It was brought in before. `file`: that time's."""

    def __init__(self, file: BankFile) -> None:
        super().__init__(file)
        self.file = file


class Unpriced(NotFitting):
    """The line is in the currency of the books, and an invoice in another one keeps no rate: somebody must say that it is the whole."""


@dataclass(frozen=True)
class Brought:
    """The file, and how many of its lines another file had brought before."""

    file: BankFile
    new: int
    known: int


def may_bank(member: Member) -> bool:
    """Who brings bank files in: staff who see every client's sums and write."""
    return member.is_specialist and all(member.can(name) for name in ("money", "all_clients", "write"))


@transaction.atomic
def bring_in(name: str, content: bytes, *, by: Member) -> Brought:
    """Raises StatementTrouble for what is no statement, KnownFile."""
    if not may_bank(by):
        raise PermissionDenied
    form, lines = read(content)
    sha256 = hashlib.sha256(content).hexdigest()
    words = {"name": name[:255], "form": form, "account": lines[0].account[:40], "imported_by": by}
    file, is_new = BankFile.objects.get_or_create(agency_id=by.agency_id, sha256=sha256, defaults=words)
    if not is_new:
        raise KnownFile(file)
    BankContent.objects.create(agency_id=by.agency_id, file=file, content=content)
    rows = [_row(file, number, line) for number, line in enumerate(lines, 1) if line.amount]
    before = BankLine.objects.filter(agency_id=by.agency_id, key__in=[row.key for row in rows]).count()
    BankLine.objects.bulk_create(rows, ignore_conflicts=True)
    return Brought(file, len(rows) - before, before)


def _row(file: BankFile, number: int, line) -> BankLine:
    names = "key booked_on amount currency name iban text reference".split()
    words = {name: getattr(line, name) for name in names}
    return BankLine(agency_id=file.agency_id, file=file, position=number, **words)


@transaction.atomic
def book(
    line: BankLine,
    invoices: Sequence[Invoice],
    *,
    by: Member,
    forgo: Decimal | None = None,
    reason: str = "",
    whole: bool = False,
) -> Payment:
    """The line pays these invoices of one client, each as far as it is open and the money goes; what is too much waits.

    forgo: the rest as it was shown, which is not asked for, and its reason; never more than a discount. whole: it pays them
    whole, and so says the rate, where they are in another currency and keep none.
    Raises TooMuch when nothing is open, NotFitting, Unpriced.
    """
    if not may_bank(by):
        raise PermissionDenied
    with tenant(line.agency_id):
        row, bills = _held(line, invoices)
        words = _words_of(row, bills, whole=whole)
        if forgo is not None and not _is_discount(bills, words["amount"], forgo):
            raise NotFitting
        payment = receive(bills[0].client, _shares(bills, words["amount"]), by=by, line=row, **words)
        if forgo is not None:
            _forgo_rest(bills, by=by, reason=reason)
    return payment


def _held(line: BankLine, invoices: Sequence[Invoice]) -> tuple[BankLine, list[Invoice]]:
    """Line and invoices, locked. Raises NotFitting for what is not to be booked, or not together."""
    row = BankLine.objects.select_for_update().get(pk=line.pk)
    if row.amount <= 0 or row.payments.standing().exists():
        raise NotFitting
    bills = [locked(invoice) for invoice in sorted(invoices, key=lambda invoice: invoice.pk)]
    if not bills or len({(bill.client_id, bill.currency, bill.issuer_id) for bill in bills}) > 1:
        raise NotFitting
    return row, bills


def _words_of(line: BankLine, bills: Sequence[Invoice], *, whole: bool) -> dict[str, Any]:
    """The payment in the currency of its invoices; when the account has another, the line itself says the rate."""
    words = {"paid_on": line.booked_on, "reference": line.text[:140], "payer": line.name, "payer_iban": line.iban}
    currency, books = bills[0].currency, bills[0].client.agency.currency
    amount = line.amount
    if currency != line.currency:
        amount = _converted(line, bills, whole=whole) if line.currency == books else Decimal(0)
        if not amount:
            raise NotFitting
        said = {"books_rate": (line.amount / amount).quantize(RATE), "books_on": line.booked_on}
        words |= said | {"books_source": f"{line.amount} {line.currency}"}
    elif currency != books:
        said = {"books_rate": bills[0].books_rate, "books_on": bills[0].books_on, "books_source": bills[0].books_source}
        words |= said if bills[0].books_rate else {}
    return words | {"amount": amount, "currency": currency}


def _converted(line: BankLine, bills: Sequence[Invoice], *, whole: bool) -> Decimal:
    """What the line is in the currency of the invoices."""
    found = worth(line.amount, [(bill.open_amount, bill.books_rate) for bill in bills], bills[0].currency)
    if found is not None:
        return found
    if not whole and any(bill.books_rate is None for bill in bills):
        raise Unpriced
    return sum((bill.open_amount for bill in bills), Decimal(0))


def _shares(bills: Sequence[Invoice], amount: Decimal) -> dict[Invoice, Decimal]:
    """The oldest debt first."""
    shares: dict[Invoice, Decimal] = {}
    for bill in sorted(bills, key=lambda bill: (bill.due_on, bill.pk)):
        part = min(bill.open_amount, amount - sum(shares.values(), Decimal(0)))
        if part > 0:
            shares[bill] = part
    if not shares:
        raise TooMuch
    return shares


def _is_discount(bills: Sequence[Invoice], amount: Decimal, forgo: Decimal) -> bool:
    """Whether so much is the rest, now under the locks, and no more than is usual for paying early."""
    whole = sum((bill.open_amount for bill in bills), Decimal(0))
    return 0 < forgo == whole - amount and forgo <= whole * DISCOUNT


def _forgo_rest(bills: Sequence[Invoice], *, by: Member, reason: str) -> None:
    for bill in bills:
        rest = Invoice.objects.get(pk=bill.pk).open_amount
        if rest:
            waive(bill, rest, by=by, reason=reason)


@transaction.atomic
def put_aside(line: BankLine, *, by: Member) -> BankLine:
    """It is for no invoice. Raises NotFitting when it was booked."""
    return _mark(line, by, timezone.now())


@transaction.atomic
def take_up(line: BankLine, *, by: Member) -> BankLine:
    """Look at it again."""
    return _mark(line, by, None)


def _mark(line: BankLine, by: Member, moment) -> BankLine:
    if not may_bank(by):
        raise PermissionDenied
    row = BankLine.objects.select_for_update().get(pk=line.pk)
    if moment and row.payments.standing().exists():
        raise NotFitting
    row.put_aside_at, row.put_aside_by = moment, by if moment else None
    row.save(update_fields=["put_aside_at", "put_aside_by"])
    return row

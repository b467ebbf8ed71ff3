"""The lines of a bank file with their suggestions: what is open now, asked once for all lines."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from invoices.banking.lines import BookedLine
from invoices.banking.matching import Certainty, Open, Suggestion, suggest
from invoices.models import BankFile, BankLine, BillingData, Invoice, Payment
from portal.core.formats import format_date
from portal.tenancy.models import Member

MOST_OPEN = 5_000


@dataclass(frozen=True)
class Proposal:
    """A line that waits, and what it may be for."""

    line: BankLine
    suggestions: list[Suggestion]

    @property
    def first(self) -> Suggestion | None:
        return self.suggestions[0] if self.suggestions else None

    @property
    def is_certain(self) -> bool:
        return self.first is not None and self.first.certainty is Certainty.CERTAIN


def proposals_of(member: Member, lines: Iterable[BankLine]) -> list[Proposal]:
    """In the order of the lines; three queries for however many."""
    lines = list(lines)
    found = suggest([_booked(line) for line in lines], open_invoices(member) if lines else [])
    return [Proposal(line, suggestions) for line, suggestions in zip(lines, found, strict=True)]


def waiting_in(member: Member, file: BankFile):
    return BankLine.objects.visible_to(member).filter(file=file).waiting().order_by("position")


def open_invoices(member: Member) -> list[Open]:
    """What clients owe the agency, with the names that they may pay under and the accounts that they have paid from."""
    rows = Invoice.objects.visible_to(member).unsettled().select_related("client")
    billed = dict(BillingData.objects.visible_to(member).values_list("client_id", "name"))
    accounts: dict[int, set[str]] = defaultdict(set)
    paid = Payment.objects.visible_to(member).standing().exclude(payer_iban="")
    for client, iban in paid.values_list("client_id", "payer_iban").distinct():
        accounts[client].add(iban)
    books = member.agency.currency
    return [_open(row, billed, accounts, books) for row in rows.order_by("due_on", "pk")[:MOST_OPEN]]


def _open(row: Invoice, billed: dict[int, str], accounts: dict[int, set[str]], books: str) -> Open:
    names = (row.client.name, row.buyer.get("name", ""), row.buyer.get("person", ""), billed.get(row.client_id, ""))
    return Open(
        key=row.pk,
        number=row.number or "",
        amount=row.open_amount,
        currency=row.currency,
        client=row.client_id,
        names=tuple(dict.fromkeys(filter(None, names))),
        ibans=frozenset(accounts[row.client_id]),
        books=books,
        rate=row.books_rate,
    )


def _booked(line: BankLine) -> BookedLine:
    names = "booked_on amount currency name iban text reference key".split()
    return BookedLine(account="", **{name: getattr(line, name) for name in names})


def day_of(line: BankLine) -> str:
    return format_date(line.booked_on, style="short")

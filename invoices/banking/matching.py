"""Which open invoice a payment is for: suggestions with their reasons, the best first. Nothing is booked here."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from itertools import combinations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.banking import names
from invoices.banking.conversion import worth
from invoices.banking.lines import BookedLine
from invoices.banking.references import Found, Numbers

MOST_SUGGESTIONS = 5
MOST_OF_ONE_CLIENT = 12
"""Open invoices of one client among which two are looked for that add up."""
DISCOUNT = Decimal("0.05")
"""So much less than open is a discount or a fee of the bank, not another invoice."""
POINTS = {
    Found.EXACT: 60,
    Found.NO_ZEROS: 52,
    Found.SEQUENCE: 34,
    Found.TYPO: 30,
    Found.SHORT: 18,
    Found.NOTHING: 0,
}
AMOUNT_POINTS, NEAR_POINTS, NAME_POINTS, ACCOUNT_POINTS = 32, 10, 14, 20
LEAST = 30
"""Points below which a suggestion would only be a guess."""


class Certainty(Enum):
    """certain: number and amount agree with one open invoice, and no other invoice fits as well."""

    CERTAIN = "certain"
    PROBABLE = "probable"


@dataclass(frozen=True)
class Open:
    """An invoice that waits for money. names: of the client, as a payer may write them, its own first. ibans: it has paid from before.

    books, rate: the currency of the agency's books, and what one unit of the invoice's is in it, when that is known.
    """

    key: Hashable
    number: str
    amount: Decimal
    currency: str
    client: Hashable
    names: tuple[str, ...] = ()
    ibans: frozenset[str] = frozenset()
    books: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True)
class Suggestion:
    """Invoices that a line may be for. reasons: in words.

    left: open minus paid in the currency of the invoices, below zero is too much; None when nobody knows the rate.
    """

    invoices: tuple[Open, ...]
    points: int
    certainty: Certainty
    reasons: tuple[str | Promise, ...]
    left: Decimal | None

    @property
    def keys(self) -> tuple[Hashable, ...]:
        return tuple(invoice.key for invoice in self.invoices)


@dataclass
class _Book:
    """The open invoices, ready to be asked."""

    invoices: Sequence[Open]
    by_key: dict[Hashable, Open] = field(init=False)
    by_client: dict[Hashable, list[Open]] = field(init=False)
    by_amount: dict[tuple[Decimal, str], list[Open]] = field(init=False)
    by_iban: dict[str, set[Hashable]] = field(init=False)
    by_name: dict[str, frozenset[Hashable]] = field(init=False, default_factory=dict)
    numbers: Numbers = field(init=False)

    def __post_init__(self) -> None:
        self.by_key = {invoice.key: invoice for invoice in self.invoices}
        self.by_client, self.by_amount, self.by_iban = defaultdict(list), defaultdict(list), defaultdict(set)
        for invoice in self.invoices:
            self.by_client[invoice.client].append(invoice)
            self.by_amount[invoice.amount, invoice.currency].append(invoice)
            for iban in invoice.ibans:
                self.by_iban[iban].add(invoice.client)
        self.numbers = Numbers((invoice.key, invoice.number) for invoice in self.invoices)

    def called(self, name: str) -> frozenset[Hashable]:
        """Clients who may write their name so; the same payer is looked for once."""
        if name not in self.by_name:
            found = (client for client, rows in self.by_client.items() if names.is_same(name, rows[0].names))
            self.by_name[name] = frozenset(found)
        return self.by_name[name]


def suggest(lines: Iterable[BookedLine], invoices: Sequence[Open]) -> list[list[Suggestion]]:
    """For each line its suggestions, the best first; none for what goes out."""
    book = _Book(invoices)
    return [_suggestions(line, book) if line.is_incoming else [] for line in lines]


def _suggestions(line: BookedLine, book: _Book) -> list[Suggestion]:
    named = book.numbers.found_in(line.text)
    payers = _payers(line, book)
    found = [
        _single(line, invoice, named.get(invoice.key, Found.NOTHING), payers)
        for invoice in _near(line, book, named, payers)
    ]
    found += _pairs(line, book, named, payers)
    found = [one for one in found if one.points >= LEAST]
    found.sort(key=lambda one: (-one.points, len(one.invoices), str(one.invoices[0].number)))
    return _judged(found[:MOST_SUGGESTIONS])


def _payers(line: BookedLine, book: _Book) -> dict[Hashable, set[str]]:
    """Clients that may be the payer, and why: "name", "account"."""
    found: dict[Hashable, set[str]] = defaultdict(set)
    for client in book.by_iban.get(line.iban, ()) if line.iban else ():
        found[client].add("account")
    for client in book.called(line.name):
        found[client].add("name")
    return found


def _near(line: BookedLine, book: _Book, named: dict[Hashable, Found], payers: dict[Hashable, set[str]]) -> list[Open]:
    """Invoices with at least one thing in common with the line."""
    keys = dict.fromkeys(named)
    keys |= dict.fromkeys(invoice.key for client in payers for invoice in book.by_client[client])
    keys |= dict.fromkeys(invoice.key for invoice in book.by_amount.get((line.amount, line.currency), ()))
    return [book.by_key[key] for key in keys]


def _single(line: BookedLine, invoice: Open, how: Found, payers: dict[Hashable, set[str]]) -> Suggestion:
    left = _left(line, invoice)
    same_money = line.currency == invoice.currency
    points, reasons = _who(invoice.client, payers)
    if how:
        points, reasons = points + POINTS[how], [how.words, *reasons]
    if same_money and left == 0:
        points, reasons = points + AMOUNT_POINTS, [*reasons, _("amount")]
    elif same_money and left and 0 < left <= invoice.amount * DISCOUNT:
        points += NEAR_POINTS
    if not same_money:
        reasons.append(_("another currency"))
    sure = how >= Found.NO_ZEROS and same_money and left == 0
    certainty = Certainty.CERTAIN if sure else Certainty.PROBABLE
    return Suggestion((invoice,), points, certainty, tuple(reasons), left)


def _left(line: BookedLine, invoice: Open) -> Decimal | None:
    if line.currency == invoice.currency:
        return invoice.amount - line.amount
    if line.currency != invoice.books:
        return None
    paid = worth(line.amount, [(invoice.amount, invoice.rate)], invoice.currency)
    return None if paid is None else invoice.amount - paid


def _pairs(
    line: BookedLine, book: _Book, named: dict[Hashable, Found], payers: dict[Hashable, set[str]]
) -> list[Suggestion]:
    """Several invoices at once: all that are named surely, or two of one payer that add up. Always of one client and currency."""
    groups = []
    by_client: dict[Hashable, list[Open]] = defaultdict(list)
    for key, how in named.items():
        if how >= Found.SEQUENCE or how == Found.SHORT:
            by_client[book.by_key[key].client].append(book.by_key[key])
    groups += [tuple(some) for some in by_client.values() if 2 <= len(some) <= MOST_OF_ONE_CLIENT]
    for client in payers:
        groups += combinations(book.by_client[client][:MOST_OF_ONE_CLIENT], 2)
    fitting = [group for group in dict.fromkeys(groups) if _adds_up(line, group)]
    return [_several(group, named, payers) for group in fitting]


def _adds_up(line: BookedLine, group: tuple[Open, ...]) -> bool:
    same_money = all(invoice.currency == line.currency for invoice in group)
    return same_money and sum(invoice.amount for invoice in group) == line.amount


def _several(group: tuple[Open, ...], named: dict[Hashable, Found], payers: dict[Hashable, set[str]]) -> Suggestion:
    points, reasons = _who(group[0].client, payers)
    least = min(named.get(invoice.key, Found.NOTHING) for invoice in group)
    words = [least.words] if least else []
    points += POINTS[least] + AMOUNT_POINTS
    what = _("sum of two") if len(group) == 2 else _("sum of several")
    return Suggestion(group, points, Certainty.PROBABLE, (*words, what, *reasons), Decimal(0))


def _who(client: Hashable, payers: dict[Hashable, set[str]]) -> tuple[int, list[str | Promise]]:
    why = payers.get(client, ())
    points = (NAME_POINTS if "name" in why else 0) + (ACCOUNT_POINTS if "account" in why else 0)
    words = {"name": _("name"), "account": _("paid from this account before")}
    return points, [words[reason] for reason in ("name", "account") if reason in why]


def _judged(found: list[Suggestion]) -> list[Suggestion]:
    """A suggestion is only certain alone: when a second one is as sure, somebody has to look."""
    certain = [one for one in found if one.certainty is Certainty.CERTAIN]
    if len(certain) == 1 and found[0] is certain[0]:
        return found
    return [_doubted(one) for one in found]


def _doubted(one: Suggestion) -> Suggestion:
    return Suggestion(one.invoices, one.points, Certainty.PROBABLE, one.reasons, one.left)

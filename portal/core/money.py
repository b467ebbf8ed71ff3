"""Amounts of money: Decimal with its currency, never float; rounding half up, as invoices are rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision


@lru_cache
def smallest(currency: str) -> Decimal:
    """The smallest part of a currency: 0.01 for EUR, 1 for JPY; never finer than the two places that are stored."""
    return Decimal(1).scaleb(-min(2, get_currency_precision(currency)))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To the currency's smallest part, half up (away from zero); with two places, as it is stored."""
    return amount.quantize(smallest(currency), ROUND_HALF_UP).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Money:
    """An amount in one currency. Two currencies never meet: ValueError."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def rounded(self) -> "Money":
        return Money(rounded(self.amount, self.currency), self.currency)

    def shared(self, weights: Sequence[int | Decimal]) -> list["Money"]:
        """Parts in proportion to the weights that sum to the whole, to the smallest part: the largest remainders get it.

        Weights must not all be zero, unless there are none or the amount is zero.
        """
        parts = _shared(self.amount, [Decimal(weight) for weight in weights], smallest(self.currency))
        return [Money(part, self.currency) for part in parts]

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount


def _shared(amount: Decimal, weights: list[Decimal], step: Decimal) -> list[Decimal]:
    total = sum(weights)
    if not total:
        return [Decimal("0.00") for _weight in weights]
    units = int(amount / step)
    exact = [units * weight / total for weight in weights]
    whole = [int(part // 1) for part in exact]
    order = sorted(range(len(weights)), key=lambda index: (whole[index] - exact[index], index))
    for index in order[: units - sum(whole)]:
        whole[index] += 1
    return [(count * step).quantize(Decimal("0.01")) for count in whole]

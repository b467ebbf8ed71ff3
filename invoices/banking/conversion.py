"""What a sum in the currency of the books is in the currency of the invoices that it is for."""

from collections.abc import Iterable
from decimal import Decimal

from portal.core.money import rounded

DRIFT = Decimal("0.03")
"""The bank's rate of the day and the invoice's own differ by so much; a larger difference is another sum."""


def worth(paid: Decimal, owed: Iterable[tuple[Decimal, Decimal | None]], currency: str) -> Decimal | None:
    """In `currency`: all that is owed when the rates alone explain the difference, else by the invoices' own rates.

    owed: (open, what one unit is in the books) of each. None when nothing is owed or a rate is not known.
    """
    bills = list(owed)
    if not bills or any(not rate for _amount, rate in bills):
        return None
    whole = sum((amount for amount, _rate in bills), Decimal(0))
    expected = sum((amount * rate for amount, rate in bills if rate), Decimal(0))
    if not expected:
        return None
    if abs(paid - expected) <= expected * DRIFT:
        return whole
    return rounded(whole * paid / expected, currency)

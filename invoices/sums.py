"""Sums of an invoice. Lines are rounded each; the tax of a rate is rounded once, over all its lines (EN 16931, BR-CO-17)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from portal.core.money import Money, rounded

HOUR = 60
HUNDRED = Decimal(100)


class Charged(Protocol):
    """What a line says about money."""

    net: Decimal
    tax_category: str
    tax_rate: Decimal


@dataclass(frozen=True)
class TaxSum:
    """The lines of one tax rate. vat: of what is left after the discount."""

    category: str
    rate: Decimal
    lines_net: Decimal
    discount: Decimal
    taxable: Decimal
    vat: Decimal


@dataclass(frozen=True)
class Totals:
    """All of it. net: after the discount."""

    taxes: list[TaxSum]
    lines_net: Decimal
    discount: Decimal
    net: Decimal
    vat: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat


def line_net(quantity: Decimal, unit_price: Decimal, currency: str, *, in_minutes: bool) -> Decimal:
    """What a line comes to; minutes at the price of an hour."""
    amount = quantity * unit_price
    return rounded(amount / HOUR if in_minutes else amount, currency)


def parts_of(net: Decimal, minutes: Sequence[int], currency: str) -> list[Decimal]:
    """What each entry has of its line, in proportion to its minutes; the parts sum to the line, to the cent."""
    return [part.amount for part in Money(net, currency).shared(minutes)]


def totals_of(lines: Iterable[Charged], discount: Decimal, currency: str) -> Totals:
    """discount: percent, of every rate alike."""
    nets: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        key = (line.tax_category, Decimal(line.tax_rate).quantize(Decimal("0.01")))
        nets[key] = nets.get(key, Decimal("0.00")) + line.net
    taxes = [_tax(*key, nets[key], discount, currency) for key in sorted(nets)]
    return Totals(
        taxes=taxes,
        lines_net=sum((tax.lines_net for tax in taxes), Decimal("0.00")),
        discount=sum((tax.discount for tax in taxes), Decimal("0.00")),
        net=sum((tax.taxable for tax in taxes), Decimal("0.00")),
        vat=sum((tax.vat for tax in taxes), Decimal("0.00")),
    )


def _tax(category: str, rate: Decimal, net: Decimal, discount: Decimal, currency: str) -> TaxSum:
    less = rounded(net * discount / HUNDRED, currency)
    taxable = net - less
    return TaxSum(category, rate, net, less, taxable, rounded(taxable * rate / HUNDRED, currency))

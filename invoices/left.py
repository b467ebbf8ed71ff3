"""What credit notes have left of an invoice: of each line, and of each tax rate."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Sum

from invoices.models import Invoice, InvoiceLine, InvoiceTax
from invoices.sums import TaxSum, Totals

Rate = tuple[str, Decimal]
ZERO = Decimal(0)


class NothingLeft(Exception):
    """More would be taken back than was charged, or nothing at all."""


@dataclass(frozen=True)
class LineRest:
    """So much of a line was not taken back yet, in the line's own unit and sign."""

    quantity: Decimal
    net: Decimal

    def holds(self, quantity: Decimal) -> bool:
        """Whether so much can be taken back: not more, and not in the other direction."""
        return min(self.quantity, ZERO) <= quantity <= max(self.quantity, ZERO)


def lines_left(invoice: Invoice) -> dict[int, LineRest]:
    """By line. Two queries; call with the agency's sight."""
    lines = InvoiceLine.objects.filter(agency_id=invoice.agency_id)
    taken = lines.filter(takes_back__invoice=invoice).order_by().values("takes_back")
    sums = {row["takes_back"]: row for row in taken.annotate(quantity=Sum("quantity"), net=Sum("net"))}
    none = {"quantity": ZERO, "net": ZERO}
    rows = [(line, sums.get(line.pk, none)) for line in lines.filter(invoice=invoice)]
    return {line.pk: LineRest(line.quantity - row["quantity"], line.net - row["net"]) for line, row in rows}


def rates_left(invoice: Invoice) -> dict[Rate, TaxSum]:
    """By kind and rate. Two queries; call with the agency's sight."""
    taxes = InvoiceTax.objects.filter(agency_id=invoice.agency_id)
    left = {_key(tax): _sum(tax) for tax in taxes.filter(invoice=invoice)}
    for tax in taxes.filter(invoice__corrects=invoice):
        left[_key(tax)] = _less(left[_key(tax)], _sum(tax))
    return left


def gross_left(invoice: Invoice) -> Decimal:
    """With tax. Two queries; call with the agency's sight."""
    return sum((tax.taxable + tax.vat for tax in rates_left(invoice).values()), ZERO)


def fitted(totals: Totals, left: dict[Rate, TaxSum], finished: Iterable[Rate]) -> Totals:
    """The sums of a credit note: who takes the last of a rate takes what rounding has left, nobody takes more than that.

    finished: the rates of which every line is taken back with it. Raises NothingLeft.
    """
    taxes = [_fitted(tax, left[_key(tax)], is_last=_key(tax) in finished) for tax in totals.taxes]
    return Totals(
        taxes=taxes,
        lines_net=totals.lines_net,
        discount=sum((tax.discount for tax in taxes), ZERO),
        net=sum((tax.taxable for tax in taxes), ZERO),
        vat=sum((tax.vat for tax in taxes), ZERO),
    )


def _fitted(tax: TaxSum, rest: TaxSum, *, is_last: bool) -> TaxSum:
    if is_last and tax.lines_net == rest.lines_net:
        return rest
    if not 0 <= tax.lines_net <= rest.lines_net:
        raise NothingLeft
    taxable = min(tax.taxable, rest.taxable)
    return replace(tax, taxable=taxable, discount=tax.lines_net - taxable, vat=min(tax.vat, rest.vat))


def _key(tax: InvoiceTax | TaxSum) -> Rate:
    return tax.category, tax.rate


def _sum(tax: InvoiceTax) -> TaxSum:
    return TaxSum(tax.category, tax.rate, tax.lines_net, tax.discount, tax.taxable, tax.vat)


def _less(one: TaxSum, other: TaxSum) -> TaxSum:
    names = ("lines_net", "discount", "taxable", "vat")
    return replace(one, **{name: getattr(one, name) - getattr(other, name) for name in names})

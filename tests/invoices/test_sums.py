"""Line sums, tax for each rate and the total agree to the cent, whatever is charged; split and merged comes to the same."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.sums import line_net, totals_of
from portal.core.money import Money, rounded, smallest

KNOWN = ["EUR", "NOK", "HUF", "UAH", "JPY"]
CURRENCIES = st.sampled_from(KNOWN)
RATES = st.sampled_from([Decimal(0), Decimal(7), Decimal("12.5"), Decimal(19), Decimal(25)])
CENT = Decimal("0.01")
assert [smallest(currency) for currency in KNOWN]  # the first question reads a large table


@st.composite
def bills(draw):
    """Lines with their nets, a discount and a currency."""
    currency = draw(CURRENCIES)
    count = draw(st.integers(1, 12))
    lines = []
    for _number in range(count):
        in_minutes = draw(st.booleans())
        quantity = draw(st.integers(1, 9000) if in_minutes else st.decimals(-20, 200, places=2))
        price = draw(st.decimals(0, 900, places=2))
        net = line_net(Decimal(quantity), price, currency, in_minutes=in_minutes)
        lines.append(SimpleNamespace(net=net, tax_category="S", tax_rate=draw(RATES)))
    return lines, draw(st.decimals(0, 100, places=2)), currency


@given(bills())
def test_everything_agrees(bill):
    lines, discount, currency = bill
    totals = totals_of(lines, discount, currency)

    assert totals.lines_net == sum(line.net for line in lines)
    assert totals.net == totals.lines_net - totals.discount
    assert totals.gross == sum(tax.taxable + tax.vat for tax in totals.taxes)
    for tax in totals.taxes:
        assert tax.lines_net == sum(line.net for line in lines if line.tax_rate == tax.rate)
        assert abs(tax.vat - tax.taxable * tax.rate / 100) <= smallest(currency) / 2
        assert rounded(tax.vat, currency) == tax.vat


@given(bills(), st.randoms())
def test_the_order_of_lines_does_not_matter(bill, random):
    lines, discount, currency = bill
    mixed = list(lines)
    random.shuffle(mixed)

    assert totals_of(mixed, discount, currency) == totals_of(lines, discount, currency)


@given(bills())
def test_a_line_that_is_split_comes_to_the_same(bill):
    lines, discount, currency = bill
    first = lines[0]
    halves = Money(first.net, currency).shared([1, 2]) if first.net >= 0 else [Money(first.net, currency)]
    split = [SimpleNamespace(net=part.amount, tax_category="S", tax_rate=first.tax_rate) for part in halves]

    assert totals_of([*split, *lines[1:]], discount, currency) == totals_of(lines, discount, currency)


@given(st.decimals(0, 100_000, places=2), st.lists(st.integers(0, 5000), min_size=1, max_size=60), CURRENCIES)
def test_shares_sum_to_the_whole(amount, weights, currency):
    whole = Money(amount, currency).rounded()
    parts = whole.shared(weights)

    assert sum((part.amount for part in parts), Decimal(0)) == (whole.amount if sum(weights) else 0)
    assert all(part.amount >= 0 for part in parts)


def test_two_currencies_never_add_up():
    with pytest.raises(ValueError, match="NOK and EUR"):
        Money(CENT, "NOK") + Money(CENT, "EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"), [("0.005", "EUR", "0.01"), ("-0.005", "EUR", "-0.01"), ("10.5", "JPY", "11.00")]
)
def test_half_a_cent_goes_up(amount, currency, expected):
    assert rounded(Decimal(amount), currency) == Decimal(expected)


def test_twenty_six_hours_and_ten_minutes():
    """The example of the mock-up: 26:10 h at 95.00 are 2,485.83, not 26.17 h that would be 2,486.15."""
    assert line_net(Decimal(1570), Decimal(95), "EUR", in_minutes=True) == Decimal("2485.83")

"""Credit notes take back line by line: never more of a line than is left of it, and the last part takes the last cent."""

from decimal import Decimal

import pytest

from invoices.actions import crediting, issuing
from invoices.actions.drafting import Part
from invoices.left import NothingLeft
from invoices.models import Invoice, InvoiceTax
from invoices.papers import einvoice
from portal.core.context import tenant
from tests.browse import reload, url
from tests.invoices.schematron import CII, broken_rules
from tests.people.confirming import confirmed

HUNDRED = Decimal(100)


@pytest.fixture
def take_back(cast):
    """So much of each line, in their order."""

    def take_back(invoice, *quantities):
        with tenant(cast.north.pk):
            lines = list(invoice.lines.order_by("position"))
        given = {line.pk: Decimal(quantity) for line, quantity in zip(lines, quantities, strict=True)}
        return crediting.credit(reload(invoice), by=cast.olaf, reason="Not done", quantities=given)

    return take_back


def test_one_line_taken_back_twice_is_not_the_other(issued, take_back):
    """Two lines of the same sum and rate: A is taken back once, B stays charged."""
    invoice = issued(Part("A", Decimal(1), HUNDRED), Part("B", Decimal(1), HUNDRED))
    take_back(invoice, 1, 0)
    with pytest.raises(NothingLeft):
        take_back(invoice, 1, 0)

    assert (reload(invoice).cancelled_at, reload(invoice).open_amount) == (None, Decimal("119.00"))


def test_two_halves_are_the_whole_though_each_is_rounded_up(issued, take_back):
    """100 minutes at 95 are 158.33, and 50 are 79.17."""
    invoice = issued(Part("Care", Decimal(100), Decimal(95), unit="minute"))
    notes = [take_back(invoice, 50), take_back(invoice, 50)]

    assert [str(note.net) for note in notes] == ["79.17", "79.16"]
    assert reload(invoice).cancelled_at
    assert reload(invoice).open_amount == 0


@pytest.mark.parametrize("price", ["10.03", "10.02"])
def test_the_tax_of_all_parts_is_that_of_the_whole(issued, take_back, price, tmp_path):
    """Rounded for each part it is a cent too much, or one is left and would be dunned; the data stay right by all rules."""
    invoice = issued(Part("A", Decimal(1), Decimal(price)), Part("B", Decimal(1), Decimal(price)))
    notes = [take_back(invoice, 1, 0), take_back(invoice, 0, 1)]

    assert sum(note.gross for note in notes) == invoice.gross
    assert reload(invoice).open_amount == 0
    assert reload(invoice).cancelled_at
    if price == "10.03":
        with tenant(invoice.agency_id):
            data = {"last part": einvoice.cii_of(notes[1])}
        assert broken_rules(CII, data, tmp_path) == {"last part": []}


def test_discount_and_two_rates_in_three_parts(issued, take_back):
    invoice = issued(
        Part("Book", Decimal(3), Decimal("9.99"), tax_rate=Decimal(7)),
        Part("Talk", Decimal(100), Decimal("95.95"), unit="minute"),
        discount=Decimal("12.5"),
    )
    notes = [take_back(invoice, 1, 33), take_back(invoice, 1, 33), take_back(invoice, 1, 34)]

    assert sum(note.gross for note in notes) == invoice.gross
    with tenant(invoice.agency_id):
        for tax in InvoiceTax.objects.filter(invoice=invoice):
            parts = InvoiceTax.objects.filter(invoice__corrects=invoice, rate=tax.rate)
            assert sum(part.vat for part in parts) == tax.vat
            assert sum(part.taxable for part in parts) == tax.taxable


def test_what_was_given_back_on_the_invoice_is_not_charged_by_a_credit_note(issued, take_back):
    """A line below zero: more of it, or its other sign, or it alone is nothing that a credit note takes back."""
    invoice = issued(Part("Work", Decimal(2), HUNDRED), Part("Already paid", Decimal(-1), HUNDRED))
    for quantities in ((0, 1), (0, -1), (1, 1), (2, -2), (-1, 0), (2, 0)):
        with pytest.raises(NothingLeft):
            take_back(invoice, *quantities)
    with tenant(invoice.agency_id):
        assert not Invoice.objects.filter(corrects=invoice).exists()
    take_back(invoice, 1, 0)
    rest = take_back(invoice, 1, -1)

    assert (rest.gross, bool(reload(invoice).cancelled_at)) == (0, True)


def test_the_page_offers_what_is_left(cast, issued, take_back):
    invoice = issued(Part("Care", Decimal(90), Decimal(60), unit="minute"), Part("Report", Decimal(1), HUNDRED))
    take_back(invoice, 30, 1)
    path, olaf = url("invoices:credit", cast.acme, invoice.pk), confirmed(cast.olaf)
    form = olaf.get(path).context["form"]
    (name,) = [name for name in form.fields if name.startswith("line-")]

    assert form[name].value() == "1:00"
    assert olaf.post(path, {"reason": "The rest", name: "1:01"}).status_code == 422
    assert olaf.post(path, {"reason": "The rest", name: "-1:00"}).status_code == 422
    assert olaf.post(path, {"reason": "The rest", name: "1:00"}).status_code == 302
    assert reload(invoice).cancelled_at


def test_a_tax_rate_below_zero_is_not_issued(cast, draft):
    """The whole is above zero, and yet no tax office takes less than nothing at 19 %."""
    invoice = draft(
        Part("Course", Decimal(2), HUNDRED, tax_category="E", tax_rate=Decimal(0)),
        Part("Discount", Decimal(-1), HUNDRED),
    )
    with pytest.raises(issuing.NotReady, match="same tax come to less than zero"):
        issuing.issue(invoice, by=cast.olaf)
    answer = confirmed(cast.olaf).post(url("invoices:issue", cast.acme, invoice.pk), follow=True)

    assert "same tax come to less than zero" in answer.content.decode()
    assert reload(invoice).number is None


def test_the_line_below_zero_alone_is_not_taken_back(cast, issued):
    """From the page too: it says so, and nothing has happened."""
    invoice = issued(Part("Work", Decimal(2), HUNDRED), Part("Already paid", Decimal(-1), HUNDRED))
    with tenant(cast.north.pk):
        first, second = invoice.lines.order_by("position")
    path = url("invoices:credit", cast.acme, invoice.pk)
    sent = {"reason": "Not so", f"line-{first.pk}": "", f"line-{second.pk}": "-1"}
    answer = confirmed(cast.olaf).post(path, sent)

    assert answer.status_code == 422
    assert "So much is not left" in answer.content.decode()

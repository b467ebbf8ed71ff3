"""What the form of one line makes of what is sent."""

from invoices.forms import LineForm
from invoices.models import InvoiceLine


def test_a_line_whose_tax_was_not_sent_keeps_its_tax():
    """An empty one was stored once, and the invoice could not be opened any more."""
    line = InvoiceLine(text="Design", tax_category="S", tax_rate=19)
    form = LineForm(
        {"text": "Design", "unit": "piece", "unit_price": "10", "tax_rate": "19", "tax_category": ""}, line=line
    )

    assert form.is_valid(), form.errors
    assert (form.words()["tax_category"], form.words()["tax_rate"]) == ("S", 19)

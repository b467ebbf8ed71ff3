"""What was issued has its papers, whatever was typed: one that cannot be printed is not issued, or printed without the trifle."""

from decimal import Decimal

import pytest

from invoices.actions import issuing, making
from invoices.actions.drafting import Part
from invoices.forms import DraftForm
from invoices.models import InvoiceDocument, TaxProfile
from invoices.papers import einvoice
from invoices.papers.payment_code import payment_code
from invoices.sides_forms import TaxProfileForm
from portal.core.context import tenant
from portal.core.pdf import PdfTrouble
from tests.browse import browse_as, reload, url
from tests.people.confirming import confirmed

CARE = Part("Care", Decimal(1), Decimal(100))


def test_invisible_characters_are_dropped_where_they_are_typed(cast):
    form = DraftForm({"intro": "Dear\x0bAnna,\r\nthank\tyou\x1f", "notes": ""})
    form.is_valid()

    assert form.cleaned_data["intro"] == "DearAnna,\r\nthank\tyou"


def test_invisible_characters_of_old_drafts_keep_no_paper_away(issued):
    """They may come from an import or from the work behind a line; XML takes none of them."""
    invoice = issued(Part("Ca\x0bre", Decimal(1), Decimal(100), detail="Technik\x02"), notes="Thank\x0byou")
    with tenant(invoice.agency_id):
        content = einvoice.cii_of(invoice)

    assert b"Thankyou" in content
    assert b"Technik" in content


def test_what_cannot_be_written_as_data_is_not_issued(cast, draft, monkeypatch):
    """The number is given back with it."""
    invoice = draft(CARE)

    def refuse(*args, **kwargs):
        raise ValueError("not valid")

    monkeypatch.setattr(einvoice.facturx, "generate_xml", refuse)
    with pytest.raises(issuing.NotReady, match="data of the invoice"):
        issuing.issue(invoice, by=cast.olaf)
    assert reload(invoice).number is None
    answer = confirmed(cast.olaf).post(url("invoices:issue", cast.acme, invoice.pk), follow=True)
    assert "data of the invoice" in answer.content.decode()
    monkeypatch.undo()
    assert issuing.issue(invoice, by=cast.olaf).number.endswith("-0001")


def test_whatever_goes_wrong_with_a_paper_the_page_stays(cast, issued, monkeypatch):
    invoice = issued(CARE)

    def refuse(*args, **kwargs):
        raise LookupError("no such font")

    monkeypatch.setattr(making, "pdf_of_invoice", refuse)
    with tenant(cast.north.pk):
        document = InvoiceDocument.objects.get(invoice=invoice)
    with pytest.raises(PdfTrouble):
        making.made(document)
    answer = browse_as(cast.anna).get(url("invoices:paper", cast.acme, invoice.pk, "pdf"), follow=True)

    assert "still being made" in answer.content.decode()


def _with_bic(bic: str) -> None:
    """Call with the agency's sight."""
    TaxProfile.objects.update(bic=bic)


def test_a_bic_is_checked_where_it_is_typed(cast, sides):
    """Eight or eleven signs with a country in them; lower case and spaces are mended."""
    words = {"name": "North GmbH", "tax_rate": "19", "terms_days": "14", "iban": "DE02120300000000202051"}

    def errors_with(bic):
        form = TaxProfileForm({**words, "bic": bic}, row=TaxProfile())
        return form.errors.get("bic"), form.cleaned_data.get("bic")

    assert errors_with("byladem1 001") == (None, "BYLADEM1001")
    assert errors_with("")[0] is None
    assert errors_with("BYLADEM10")[0]
    assert errors_with("12345678")[0]


def test_a_bic_that_is_none_is_said_before_the_issue(cast, draft):
    invoice = draft(CARE)
    with tenant(cast.north.pk):
        _with_bic("BYLADEM10")
    with pytest.raises(issuing.NotReady, match="BIC"):
        issuing.issue(invoice, by=cast.olaf)


def test_what_no_payment_code_can_carry_has_none(issued):
    """Issued while nobody looked at the BIC; and a sum that no code can carry."""
    invoice = issued(CARE)
    invoice.seller["bic"] = "BYLADEM10"
    assert payment_code(invoice, Decimal(119)) == ""
    invoice.seller["bic"] = "BYLADEM1001"
    assert payment_code(invoice, Decimal(119)).startswith("<svg")
    assert payment_code(invoice, Decimal("1000000000.00")) == ""

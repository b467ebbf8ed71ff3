"""What cannot be is refused in words, never by a page that breaks."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from pypdf import PdfWriter

from invoices.actions.uploading import bring
from invoices.banking.lines import StatementTrouble
from invoices.banking.reading import read
from invoices.models import BankLine
from invoices.models.reminders import USUAL_DAYS
from tests.browse import browse_as, url
from tests.invoices import bank_files
from tests.invoices.bank_files import Written
from tests.invoices.bills import pdf
from tests.invoices.conftest import rows

SPACE = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
PARTS = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
VALUES = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"


@pytest.fixture
def line(cast, north_sees):
    """A line of a bank file that waits."""
    content = bank_files.camt([Written("Acme", "DE1", Decimal("5.00"), "Danke", "")])
    file = SimpleUploadedFile("bank.xml", content)
    browse_as(cast.olaf).post(url("bank:index", cast.north), {"file": file})
    with north_sees():
        return rows(BankLine.objects.all())[0]


def test_numbers_that_are_none_book_nothing(cast, line):
    browser, path = browse_as(cast.olaf), url("bank:book", cast.north, line.pk)
    for sent in ({"invoices": "²"}, {"invoices": "9" * 30}, {"numbers": "2026\x00-1"}, {"forgo": "x", "invoices": "1"}):
        answer = browser.post(path, sent, follow=True)
        assert "Nothing was booked" in answer.content.decode(), sent


def test_a_fee_has_at_most_six_digits(cast):
    browser, address = browse_as(cast.olaf), url("reminders:rules", cast.north)
    fields = {f"days_{tier}": days for tier, days in USUAL_DAYS.items()}
    assert browser.post(address, fields | {"fee_3": "1000000"}).status_code == 422
    assert browser.post(address, fields | {"fee_3": "999999.99"}).status_code == 302


def test_a_line_is_not_more_than_an_invoice_can_hold(cast, draft):
    invoice, browser = draft(), browse_as(cast.olaf)
    path = url("invoices:edit", cast.acme, invoice.pk)
    form = browser.get(path).context["editor"].words
    words = {name: form[name].value() or "" for name in form.fields} | {"with_annex": ""}
    for quantity, price, status in (("9999999", "99999999.99", 422), ("10", "99999999.99", 302)):
        new = {"text": "Moon", "quantity": quantity, "unit": "piece", "unit_price": price, "tax_category": "Z"}
        sent = words | {f"new-{name}": value for name, value in new.items()}
        for one in browser.get(path).context["editor"].lines:
            sent |= {f"{one.prefix}-{name}": one[name].value() or "" for name in one.fields if name != "drop"}
        assert browser.post(path, sent).status_code == status, quantity


def test_amounts_that_no_account_holds_are_trouble():
    for amount in (Decimal("0.001"), Decimal("1.005"), Decimal(10) ** 12):
        with pytest.raises(StatementTrouble):
            read(
                bank_files.camt([Written("Acme", "DE1", Decimal(1), "x", "")]).replace(
                    b">1.00<", f">{amount}<".encode()
                )
            )
    written = bank_files.mt940([Written("Acme", "DE1", Decimal("12.00"), "x", "")])
    assert b"12,00" in written
    assert read(written.replace(b"12,00", b"123456789012,00"))[1][0].amount == Decimal("123456789012.00")
    with pytest.raises(StatementTrouble):
        read(written.replace(b"12,00", b"12345678901234,"))


# --- Invoices made elsewhere ----------------------------------------------------------------------------------------


def carrying(*, number="X-1", currency="EUR", gross="119.00", vat="19.00", day="20261102") -> SimpleUploadedFile:
    """A PDF that says this of itself."""
    xml = f"""<?xml version="1.0"?><r:CrossIndustryInvoice xmlns:r="{SPACE}" xmlns:a="{PARTS}" xmlns:u="{VALUES}">
<r:ExchangedDocumentContext><a:GuidelineSpecifiedDocumentContextParameter><a:ID>urn:cen.eu:en16931:2017</a:ID>
</a:GuidelineSpecifiedDocumentContextParameter></r:ExchangedDocumentContext>
<r:ExchangedDocument><a:ID>{number}</a:ID><a:TypeCode>380</a:TypeCode><a:IssueDateTime><u:DateTimeString format="102">
{day}</u:DateTimeString></a:IssueDateTime></r:ExchangedDocument><r:SupplyChainTradeTransaction>
<a:ApplicableHeaderTradeSettlement><a:InvoiceCurrencyCode>{currency}</a:InvoiceCurrencyCode>
<a:SpecifiedTradeSettlementHeaderMonetarySummation><a:TaxTotalAmount>{vat}</a:TaxTotalAmount>
<a:GrandTotalAmount>{gross}</a:GrandTotalAmount></a:SpecifiedTradeSettlementHeaderMonetarySummation>
</a:ApplicableHeaderTradeSettlement></r:SupplyChainTradeTransaction></r:CrossIndustryInvoice>"""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_attachment("factur-x.xml", xml.encode())
    writer.write(out)
    return SimpleUploadedFile("x.pdf", out.getvalue(), "application/pdf")


def test_what_the_pdf_says_passes_the_checks_of_what_is_typed(cast):
    browser, path = browse_as(cast.olaf), url("settling:bring", cast.acme)
    wrong = {"currency": "eu1", "gross": "-119.00", "vat": "-1.00", "day": "99991231"}
    for name, value in wrong.items():
        answer = browser.post(path, {"kind": "invoice", "file": carrying(**{name: value})})
        assert answer.status_code == 422, name
        assert list(answer.context["form"].errors) == [name if name != "day" else "issued_on"]
    assert browser.post(path, {"kind": "invoice", "file": carrying()}).status_code == 302


def test_a_day_at_the_end_of_time_is_no_date(cast):
    typed = {"number": "R-1", "kind": "invoice", "gross": "10", "issued_on": "9999-12-31", "file": pdf()}
    answer = browse_as(cast.olaf).post(url("settling:bring", cast.acme), typed)
    assert "issued_on" in answer.context["form"].errors


def test_only_a_number_that_is_there_is_called_known(cast):
    typed = {"number": "R-1", "kind": "invoice", "issued_on": "2026-11-02", "gross": "10", "currency": "EUR"}
    browser, path = browse_as(cast.olaf), url("settling:bring", cast.acme)
    assert browser.post(path, typed | {"file": pdf()}).status_code == 302
    answer = browser.post(path, typed | {"file": pdf()})
    assert "An invoice with this number is here already." in answer.content.decode()


def test_another_refusal_of_the_database_is_not_called_a_known_number(cast):
    days = {"issued_on": date(2026, 11, 2), "due_on": date(2026, 11, 9)}
    with pytest.raises(IntegrityError), transaction.atomic():
        bring(cast.acme, pdf(), by=cast.olaf, number="R-1", currency="EUR", gross=Decimal(1), vat=Decimal(2), **days)

"""Files that somebody brings to hang, fill or spy: XML in PDFs, and statements of no bank."""

import io
import logging
import time
import zlib
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, NameObject, StreamObject

from invoices import embedded
from invoices.banking.lines import StatementTrouble
from invoices.banking.reading import read
from invoices.embedded_worker import MOST_BYTES
from invoices.models import Invoice
from portal.core.context import tenant
from tests.browse import browse_as, url
from tests.invoices.test_bank_files import ENTRY, LAUGHS, _document
from tests.invoices.test_outside import TYPED

SECRET = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>"
SETTLEMENT, SUMS = "ApplicableHeaderTradeSettlement", "SpecifiedTradeSettlementHeaderMonetarySummation"
HEAD = b":20:X\r\n:25:DE\r\n:60F:C261113EUR1,00\r\n"


def invoice_data(number: str, head: str = "", total: str = "1.00") -> bytes:
    sums = f"<{SUMS}><GrandTotalAmount>{total}</GrandTotalAmount></{SUMS}>"
    settlement = f"<{SETTLEMENT}>{sums}</{SETTLEMENT}>"
    trade = f"<SupplyChainTradeTransaction>{settlement}</SupplyChainTradeTransaction>"
    document = f"<ExchangedDocument><ID>{number}</ID></ExchangedDocument>"
    space = 'xmlns:r="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
    return f"{head}<r:CrossIndustryInvoice {space}>{document}{trade}</r:CrossIndustryInvoice>".encode()


def carrying(xml: bytes, *, packed: int = 0) -> bytes:
    """A PDF with this inside, as invoices have it; packed: so many blanks instead, compressed twice."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_attachment("factur-x.xml", xml)
    for part in writer._objects:
        if packed and isinstance(part, StreamObject) and part.get("/Type") == "/EmbeddedFile":
            part._data = zlib.compress(zlib.compress(b" " * packed, 9), 9)
            part[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode")] * 2)
    writer.write(out)
    return out.getvalue()


def test_what_a_pdf_says_is_read():
    assert embedded.read(carrying(invoice_data("R-1"))) == embedded.Said(number="R-1", gross=Decimal("1.00"))


@pytest.mark.parametrize("head", [SECRET, LAUGHS, "<!DOCTYPE x [<!ENTITY e 'R-9'>]>"])
def test_no_entity_in_a_pdf_is_a_word_of_the_invoice(head):
    xml = invoice_data("&e;", head)
    assert getattr(embedded.said_in(xml), "number", None) is None
    assert getattr(embedded.read(carrying(xml)), "number", None) is None


@pytest.mark.parametrize("total", ["1E1000000", "9" * 1_100_000, "1E12", "1E-1000000", "sNaN", "-Infinity"])
def test_a_sum_without_measure_is_none(total):
    assert embedded.said_in(invoice_data("R-1", total=total)).gross in (None, 0)


def test_a_form_with_such_a_pdf_says_what_is_missing(cast):
    file = SimpleUploadedFile("x.pdf", carrying(invoice_data("R-1", total="1E1000000")), "application/pdf")
    words = TYPED | {"currency": "EUR", "gross": "", "number": "", "file": file}
    answer = browse_as(cast.pavel).post(url("settling:bring", cast.acme), words)
    assert answer.status_code == 422
    assert "The PDF does not say it" in answer.content.decode()


def test_what_others_put_into_a_pdf_is_not_handed_out_as_ours(cast):
    file = SimpleUploadedFile("x.pdf", carrying(invoice_data("R-1")), "application/pdf")
    browse_as(cast.olaf).post(
        url("settling:bring", cast.acme),
        TYPED | {"currency": "EUR", "number": "R-1", "gross": "1", "vat": "0", "file": file},
    )
    with tenant(cast.north.pk):
        brought = Invoice.objects.get(number="R-1")
    assert browse_as(cast.anna).get(url("invoices:data", cast.acme, brought.pk)).status_code == 404


def test_a_pdf_that_unpacks_to_far_too_much_says_nothing():
    bomb = carrying(b"x", packed=100_000_000)
    assert len(bomb) < 10_000
    assert embedded.read(bomb) is None
    assert embedded.read(carrying(b" " * (MOST_BYTES + 1))) is None


@pytest.mark.parametrize("amount", ["1E1000000", "9" * 1_100_000])
def test_an_amount_without_measure_is_no_statement(amount):
    with pytest.raises(StatementTrouble):
        read(_document(ENTRY.format(amount, "2026-11-02")))


def test_too_many_lines_are_refused_before_they_are_read():
    began = time.process_time()
    with pytest.raises(StatementTrouble) as trouble:
        read(HEAD + b":61:2611021102C10,00N051NONREF\r\n" * 150_000)
    assert trouble.value.code == "lines"
    assert time.process_time() - began < 1


@pytest.mark.parametrize("tags", [b":61:2611131113C1,00NTRFX\r\n" + b":86:x\r\n" * 700_000, HEAD * 100_000])
def test_nor_of_one_with_hundreds_of_thousands_of_tags(tags):
    began = time.process_time()
    with pytest.raises(StatementTrouble) as trouble:
        read((HEAD + tags)[:5_000_000])

    assert trouble.value.code == "lines"
    assert time.process_time() - began < 2


def test_what_a_bank_wrote_is_in_no_log(caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(StatementTrouble):
        read(HEAD + b":61:garbage of Erika Mustermann\r\n:86:DE02120300000000202051\r\n-")
    assert "Mustermann" not in caplog.text
    assert "DE0212" not in caplog.text

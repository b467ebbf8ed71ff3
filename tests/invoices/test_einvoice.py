"""Every kind of invoice is right by the schema and by all rules of EN 16931, as CII and as UBL; a broken one is not."""

import io
import re
from copy import deepcopy
from datetime import date
from decimal import Decimal

import facturx
import pytest
from pypdf import PdfReader

from invoices.actions import crediting
from invoices.actions.drafting import Part
from invoices.models import BillingData, TaxProfile
from invoices.papers import einvoice
from portal.core.context import tenant
from tests.invoices.schematron import CII, UBL, broken_rules

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft für Möbelgroßhandel mbH"
RATE = {"books_rate": Decimal("0.0861"), "books_on": date(2026, 10, 30), "books_source": "ECB"}
IN_UBL = ("several rates", "discount", "credit note", "long names", "reverse charge")
"""Its schema takes long to read."""
HOURS = Part("Suchmaschinenoptimierung", Decimal(1570), Decimal(95), unit="minute", detail="Technik & <Linkaufbau>")
BOOK, FREE = Part("Book", Decimal(3), Decimal("9.99"), tax_rate=Decimal(7)), Part("Stamps", Decimal(1), Decimal(5))


@pytest.fixture
def cases(cast, issued, sides):
    """Every kind, by name."""

    def billed(**words):
        with tenant(cast.north.pk):
            BillingData.objects.filter(pk=sides.pk).update(**words)

    made = {
        "plain": issued(HOURS),
        "several rates": issued(
            HOURS, BOOK, Part("Zero", Decimal(2), Decimal(10), tax_category="Z", tax_rate=Decimal(0))
        ),
        "discount": issued(HOURS, BOOK, discount=Decimal("12.5")),
        "exempt": issued(Part("Course", Decimal(1), Decimal(80), tax_category="E", tax_rate=Decimal(0))),
        "back and forth": issued(HOURS, Part("Already paid", Decimal(-1), Decimal(100))),
        "days and months": issued(
            Part("On site", Decimal("1.5"), Decimal(900), unit="day"), Part("Care", unit="month")
        ),
    }
    made["credit note"] = crediting.credit(made["discount"], by=cast.olaf, reason="Wrong discount")
    line = made["several rates"].lines
    with tenant(cast.north.pk):
        first = line.order_by("position").first()
    made["part"] = crediting.credit(
        made["several rates"], by=cast.olaf, reason="Ten hours", quantities={first.pk: Decimal(600)}
    )
    for currency in ("NOK", "UAH", "HUF"):
        made[currency] = issued(HOURS, currency=currency, **RATE)
    billed(name=LONG, street="Straße des siebzehnten Juni " * 3, buyer_reference="04011000-1234512345-06")
    made["long names"] = issued(HOURS, title="Ä" * 160)
    billed(name="Fjordlys AS", country="NO", vat_id="NO999888777MVA", tax_category="AE", buyer_reference="")
    made["reverse charge"] = issued(HOURS)
    with tenant(cast.north.pk):
        TaxProfile.objects.update(iban="", bic="", vat_id="", register="", managers="", phone="")
    billed(tax_category="S", vat_id="", email="", person="", number="")
    made["as little as possible"] = issued(HOURS)
    return made


def test_every_kind_of_invoice_breaks_no_rule_and_a_broken_one_does(cast, cases, tmp_path):
    with tenant(cast.north.pk):
        cii = {name: einvoice.cii_of(invoice) for name, invoice in cases.items()}
        ubl = {name: einvoice.xrechnung_of(cases[name]) for name in IN_UBL}
        broken = _broken(einvoice.terms_of(cases["plain"]))
    found = broken_rules(CII, cii | broken["factur-x"], tmp_path)
    found_ubl = broken_rules(UBL, ubl | broken["ubl-2.1"], tmp_path)

    assert {name: rules for name, rules in found.items() if rules} == {
        "wrong total": ["BR-CO-15", "BR-CO-16"],
        "no country in VAT number": ["BR-CO-09"],
    }
    assert {name for name, rules in found_ubl.items() if rules} == set(broken["ubl-2.1"])


def _broken(terms) -> dict[str, dict[str, bytes]]:
    wrong, nowhere = deepcopy(terms), deepcopy(terms)
    wrong["BT-112"] = "1.00"
    nowhere["BG-4"]["vat_identifier"] = "136695976"
    kinds = {"wrong total": wrong, "no country in VAT number": nowhere}
    return {
        flavor: {name: einvoice._xml(kind, flavor) for name, kind in kinds.items()}
        for flavor in ("factur-x", "ubl-2.1")
    }


def test_schema_refuses_what_is_no_invoice():
    with pytest.raises(Exception, match="not valid against"):
        facturx.xml_check_xsd(b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>", "ubl-2.1")


def test_xrechnung_says_that_it_is_one(cast, cases):
    with tenant(cast.north.pk):
        xml = einvoice.xrechnung_of(cases["long names"]).decode()

    assert "xrechnung_3.0</" in xml
    assert "04011000-1234512345-06" in xml
    facturx.xml_check_xsd(xml.encode(), "ubl-2.1")


def test_minutes_are_minutes(cast, cases):
    """26:10 h at 95.00 are 2,485.83: the data say 1570 minutes at 95.00 for sixty of them, no rounded hours."""
    with tenant(cast.north.pk):
        (line,) = einvoice.terms_of(cases["plain"])["BG-25"]

    assert (line["BT-129"], line["BT-130"], line["BT-149"], line["BT-146"], line["BT-131"]) == (
        "1570",
        "MIN",
        "60",
        "95.00",
        "2485.83",
    )


def test_pdf_is_tagged_carries_the_data_and_is_stored_once(cast, issued, paper):
    invoice = issued(HOURS, discount=Decimal(10))
    row = paper(invoice)
    reader = PdfReader(io.BytesIO(row.content))

    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "factur-x.xml" in reader.attachments
    said = reader.xmp_metadata.rdf_root.toxml()
    assert re.search(r"pdfaid:part(?:>|=\")3\b", said), "PDF/A-3: the only one that may carry data"
    name, xml = facturx.get_xml_from_pdf(row.content)
    assert (name, invoice.number.encode() in xml) == ("factur-x.xml", True)
    assert row.document.sha256 == row.document.file.sha256

"""An issued invoice as data: EN 16931 as CII (inside the PDF) and as UBL (XRechnung). Keys are the terms of the norm."""

import re
from copy import deepcopy
from decimal import Decimal
from typing import Any

import facturx
from django.utils.translation import gettext as _
from lxml import etree

from invoices.models import Invoice, InvoiceLine, InvoiceTax, TaxCategory, Unit
from portal.core.money import rounded

XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
CUSTOMIZATION = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}CustomizationID"
UNITS = {Unit.MINUTE: "MIN", Unit.PIECE: "C62", Unit.DAY: "DAY", Unit.MONTH: "MON"}
INVOICE, CREDIT_NOTE = "380", "381"
SEPA, TRANSFER, UNDEFINED = "58", "30", "1"
"""Means of payment, UNTDID 4461."""
DISCOUNT = "95"
"""Reason of an allowance, UNTDID 5189."""
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no place for."""


def cii_of(invoice: Invoice) -> bytes:
    """Checked against its schema; the schematron is checked in the tests, for it needs a process of its own."""
    return _xml(terms_of(invoice), "factur-x")


def xrechnung_of(invoice: Invoice) -> bytes:
    """UBL that says it is an XRechnung; factur-x knows no such level, so the words are put in afterwards."""
    root = etree.fromstring(_xml(terms_of(invoice), "ubl-2.1"))
    for element in root.iter(CUSTOMIZATION):
        element.text = XRECHNUNG
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _xml(terms: dict[str, Any], flavor: str) -> bytes:
    # check_schematron=True asks a server on this machine that is not there, and says yes.
    made = facturx.generate_xml(
        _writable(deepcopy(terms)), flavor=flavor, level="en16931", check_xsd=True, check_schematron=False
    )
    return made if isinstance(made, bytes) else made[0]


def _writable(term: Any) -> Any:
    if isinstance(term, str):
        return UNWRITABLE.sub("", term)
    if isinstance(term, dict):
        return {key: _writable(value) for key, value in term.items()}
    return [_writable(value) for value in term] if isinstance(term, list) else term


def terms_of(invoice: Invoice) -> dict[str, Any]:
    """Reads its lines and taxes: two queries."""
    lines, taxes = list(invoice.lines.order_by("position")), list(invoice.taxes.order_by("category", "rate"))
    allowances = [_allowance(tax) for tax in taxes if tax.discount]
    terms: dict[str, Any] = {
        **_head(invoice),
        **_payment(invoice),
        "BG-4": _seller(invoice.seller),
        "BG-7": _buyer(invoice.buyer),
        "BG-25": [_line(line) for line in lines],
        "BG-23": [_tax(tax) for tax in taxes],
        "BT-106": _amount(sum((tax.lines_net for tax in taxes), Decimal(0))),
        "BT-109": _amount(invoice.net),
        "BT-110": _amount(invoice.vat),
        "BT-112": _amount(invoice.gross),
        "BT-115": _amount(invoice.gross),
    }
    if allowances:
        terms |= {"BG-20": allowances, "BT-107": _amount(sum((tax.discount for tax in taxes), Decimal(0)))}
    return terms | _books(invoice)


def _head(invoice: Invoice) -> dict[str, Any]:
    head: dict[str, Any] = {
        "BT-1": invoice.number,
        "BT-2": invoice.issued_on,
        "BT-3": CREDIT_NOTE if invoice.is_credit else INVOICE,
        "BT-5": invoice.currency,
        "BT-23": PROFILE,
        "BT-72": invoice.service_until,  # without it factur-x writes an empty element that its own schema refuses
        "BT-73": invoice.service_from,
        "BT-74": invoice.service_until,
    }
    if invoice.buyer.get("buyer_reference"):
        head["BT-10"] = invoice.buyer["buyer_reference"]
    if invoice.corrects:
        head["BG-3"] = [{"BT-25": invoice.corrects.number, "BT-26": invoice.corrects.issued_on}]
    if notes := [text for text in (invoice.intro, invoice.notes, invoice.reason) if text]:
        head["BG-1"] = [{"BT-22": text} for text in notes]
    return head


def _payment(invoice: Invoice) -> dict[str, Any]:
    """When and how. A credit note is set off or paid back, nobody pays it."""
    if invoice.is_credit:
        return {"BT-20": _("Set off against open invoices, or paid back."), "BT-81": UNDEFINED}
    words: dict[str, Any] = {"BT-9": invoice.due_on, "BT-83": invoice.number}
    iban = invoice.seller.get("iban")
    if not iban:
        return words | {"BT-81": UNDEFINED}
    words |= {"BT-81": SEPA if invoice.currency == "EUR" else TRANSFER, "BT-84": iban, "BT-85": invoice.seller["name"]}
    return words | ({"BT-86": invoice.seller["bic"]} if invoice.seller.get("bic") else {})


def _books(invoice: Invoice) -> dict[str, Any]:
    """The tax in the currency of the books, when that is another one."""
    if invoice.books_rate is None:
        return {}
    return {"BT-6": invoice.seller["books_currency"], "BT-111": _amount(books_vat(invoice))}


def books_vat(invoice: Invoice) -> Decimal:
    """The tax by the exchange rate that the invoice keeps."""
    if not invoice.books_rate:
        return invoice.vat
    return rounded(invoice.vat * invoice.books_rate, books_currency(invoice))


def books_currency(invoice: Invoice) -> str:
    """Of the agency's books, as they were at issue; what was made elsewhere keeps no sides."""
    return invoice.seller.get("books_currency") or invoice.client.agency.currency


def _party(side: dict[str, str]) -> dict[str, Any]:
    words = {
        "name": side["name"],
        "addr_l1": side["street"],
        "addr_l2": side["extra"],
        "postcode": side["postcode"],
        "city": side["city"],
        "country_code": side["country"],
        "vat_identifier": side["vat_id"],
        "einvoicing_addr": side["email"],
        "einvoicing_addr_schemeid": "EM" if side["email"] else "",
    }
    return {name: value for name, value in words.items() if value}


def _seller(side: dict[str, str]) -> dict[str, Any]:
    party = _party(side)
    contact = {"name": side["managers"] or side["name"], "phone": side["phone"], "email": side["email"]}
    party["contacts"] = [{name: value for name, value in contact.items() if value}]
    if side["tax_number"] and not side["vat_id"]:
        party["identifiers"] = {None: side["tax_number"]}  # some number must tell who it is (BR-CO-26)
    more = {"tax_identifier": side["tax_number"], "legal_info": side["register"]}
    return party | {name: value for name, value in more.items() if value}


def _buyer(side: dict[str, str]) -> dict[str, Any]:
    party = _party(side)
    if side["number"]:
        party["identifiers"] = {None: side["number"]}
    return party | ({"contacts": [{"name": side["person"]}]} if side["person"] else {})


def _line(line: InvoiceLine) -> dict[str, Any]:
    in_minutes = line.unit == Unit.MINUTE
    words = {
        "BT-126": str(line.position),
        "BT-129": _plain(line.quantity),
        "BT-130": UNITS[Unit(line.unit)],
        "BT-131": _amount(line.net),
        "BT-146": _amount(line.unit_price),
        "BT-151": line.tax_category,
        "BT-152": _plain(line.tax_rate),
        "BT-153": line.text,
    }
    words |= {"BT-149": "60"} if in_minutes else {}  # minutes at the price of an hour: no third of a cent is lost
    return words | ({"BT-154": line.detail} if line.detail else {})


def _tax(tax: InvoiceTax) -> dict[str, Any]:
    words = {
        "BT-116": _amount(tax.taxable),
        "BT-117": _amount(tax.vat),
        "BT-118": tax.category,
        "BT-119": _plain(tax.rate),
    }
    if tax.category == TaxCategory.REVERSE:
        words |= {"BT-120": _("Reverse charge: the recipient owes the tax."), "BT-121": "VATEX-EU-AE"}
    elif tax.category == TaxCategory.EXEMPT:
        words |= {"BT-120": _("Exempt from tax.")}
    return words


def _allowance(tax: InvoiceTax) -> dict[str, Any]:
    return {
        "amount": _amount(tax.discount),
        "base_amount": _amount(tax.lines_net),
        "reason": _("Discount"),
        "reason_code": DISCOUNT,
        "vat_category_code": tax.category,
        "vat_rate": _plain(tax.rate),
    }


def _amount(value: Decimal) -> str:
    return f"{value:.2f}"


def _plain(value: Decimal) -> str:
    """Without zeros at the end."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"

"""What an invoice says of itself in the XML that its PDF carries (Factur-X, ZUGFeRD, EN 16931 as CII)."""

import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from lxml import etree

log = logging.getLogger(__name__)
WORKER = Path(__file__).with_name("embedded_worker.py")
SECONDS = 15
CREDITS = ("381", "261")
"""UNTDID 1001: credit notes."""


@dataclass(frozen=True)
class Said:
    """None where nothing is said. seller: the name of who wrote it."""

    number: str | None = None
    is_credit: bool = False
    issued_on: date | None = None
    due_on: date | None = None
    currency: str | None = None
    gross: Decimal | None = None
    vat: Decimal | None = None
    seller: str | None = None


def read(content: bytes) -> Said | None:
    """None when the PDF carries nothing, or nothing that can be read; at most 15 seconds, in a process of its own."""
    command = [sys.executable, "-I", str(WORKER)]
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    try:
        done = subprocess.run(  # noqa: S603, our own script
            command, input=content, capture_output=True, timeout=SECONDS, cwd="/", env=environment, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        log.info("no embedded invoice", extra={"error": type(error).__name__, "bytes": len(content)})
        return None
    return said_in(done.stdout) if done.stdout else None


def said_in(xml: bytes) -> Said | None:
    """The same of the XML itself."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        return None
    document = _find(root, "ExchangedDocument")
    if document is None:
        return None
    trade = "SupplyChainTradeTransaction"
    settlement = _find(root, f"{trade}/ApplicableHeaderTradeSettlement")
    sums = _find(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation")
    return Said(
        number=(_text(document, "ID") or "")[:40] or None,
        is_credit=_text(document, "TypeCode") in CREDITS,
        issued_on=_day(document, "IssueDateTime/DateTimeString"),
        due_on=_day(settlement, "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"),
        currency=(_text(settlement, "InvoiceCurrencyCode") or "")[:3] or None,
        gross=_amount(sums, "GrandTotalAmount"),
        vat=_amount(sums, "TaxTotalAmount"),
        seller=_text(root, f"{trade}/ApplicableHeaderTradeAgreement/SellerTradeParty/Name"),
    )


def _find(node, path: str):
    for name in path.split("/"):
        found = [] if node is None else [child for child in node if _is(child, name)]
        node = found[0] if found else None
    return node


def _is(node, name: str) -> bool:
    return isinstance(node.tag, str) and etree.QName(node).localname == name


def _text(node, path: str) -> str | None:
    found = _find(node, path)
    return (found.text or "").strip() or None if found is not None else None


def _day(node, path: str) -> date | None:
    try:
        return datetime.strptime(_text(node, path) or "", "%Y%m%d").date()
    except ValueError:
        return None


def _amount(node, path: str) -> Decimal | None:
    try:
        amount = Decimal(_text(node, path) or "")
        return amount.quantize(Decimal("0.01")) if amount.is_finite() and abs(amount) < 10**12 else None
    except ArithmeticError:  # no number, or one without any measure
        return None

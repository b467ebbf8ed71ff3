"""Money of the demo world beside Nordlicht's own invoices: what the bank says, one reminder, what a provider has charged."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from invoices.actions import banking, reminding, uploading
from invoices.models import Invoice
from invoices.payment_events import BROUGHT
from portal.core.zones import zone
from portal.demo import documents
from portal.demo.past import set_back_event
from portal.demo.places import Place

HANSE, PROVIDER, ACCOUNT = "hanse-moebelwerk", "Timo Lindner", "DE02120300000000202051"
STRANGER = ("M. Brandes", "DE02100100100006820101", Decimal("310.00"), "Danke")
SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
Paid = tuple[str, str, Decimal, str]
"""Payer, IBAN, amount and text of a line."""


def write_all(place: Place, *, today: date, unpaid: Invoice) -> None:
    """unpaid: what the bank file has a payment for. Call with the agency's sight."""
    _remind(place, today)
    _bank_file(place, today, unpaid)
    _charge_as_provider(place, today)


def _bank_file(place: Place, today: date, unpaid: Invoice) -> None:
    """Yesterday's: one line that is probably for this invoice, less two percent, and one of nobody known. Both wait."""
    series, _dash, number = str(unpaid.number).rpartition("-")
    amount = (unpaid.open_amount * Decimal("0.98")).quantize(Decimal("0.01"))
    said = f"RG {series}-{int(number)} ABZGL. 2% SKONTO"
    lines = [("HANSE MOEBELWERK GMBH", "DE89370400440532013000", amount, said), STRANGER]
    day = today - timedelta(days=1)
    banking.bring_in(f"camt053-{day:%Y%m%d}.xml", _statement(lines, day), by=place.owner)


def _remind(place: Place, today: date) -> None:
    """An invoice from the program that Nordlicht had before, long overdue, and its first reminder, of today."""
    on, number = today - timedelta(days=45), f"A-{today:%y}117"
    paper = documents.pdf(f"{number}.pdf", f"Rechnung {number}", ["Hosting und Wartung", "Gesamt 428,40 EUR"])
    days: dict[str, Any] = {"issued_on": on, "due_on": on + timedelta(days=14)}
    sums: dict[str, Any] = {"gross": Decimal("428.40"), "vat": Decimal("68.40"), "currency": "EUR"}
    words: dict[str, Any] = {"number": number, "title": "Hosting und Wartung"}
    invoice = uploading.bring(place.clients[HANSE], paper, by=place.owner, **words, **days, **sums)
    moment = datetime.combine(on, time(9, 12), zone(place.agency.time_zone))
    set_back_event(invoice, BROUGHT, moment)
    reminding.remind(invoice, by=place.owner)


def _charge_as_provider(place: Place, today: date) -> None:
    """Photographs for the oak series, by the one who took them: Hanse sees the invoice, Nordlicht does not."""
    on = today - timedelta(days=6)
    paper = documents.pdf("LL-2041.pdf", "Rechnung LL-2041", ["Fotografien der Eichenserie", "Gesamt 1.130,50 EUR"])
    days: dict[str, Any] = {"issued_on": on, "due_on": on + timedelta(days=30)}
    sums: dict[str, Any] = {"gross": Decimal("1130.50"), "vat": Decimal("180.50"), "currency": "EUR"}
    words: dict[str, Any] = {"number": "LL-2041", "title": "Fotografien der Eichenserie"}
    uploading.bring(place.clients[HANSE], paper, by=place.members[PROVIDER], **words, **days, **sums)


def _statement(lines: Sequence[Paid], day: date) -> bytes:
    """As banks write it (CAMT.053, version 8)."""
    entries = "".join(_entry(line, f"{day:%y%m%d}{number:03}", day) for number, line in enumerate(lines))
    head = f"<Id>1</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id></Acct>"
    body = f'<Document xmlns="{SPACE}"><BkToCstmrStmt><Stmt>{head}{entries}</Stmt></BkToCstmrStmt></Document>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


def _entry(line: Paid, reference: str, day: date) -> str:
    name, iban, amount, text = line
    sums = f'<Amt Ccy="EUR">{amount:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    who = f"<Dbtr><Pty><Nm>{escape(name)}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct>"
    said = f"<RltdPties>{who}</RltdPties><RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf>"
    booked = f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>"
    return f"<Ntry>{sums}{booked}<NtryDtls><TxDtls>{sums}{said}</TxDtls></NtryDtls></Ntry>"

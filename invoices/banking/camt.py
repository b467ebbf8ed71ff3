"""CAMT.053 (ISO 20022): the booked lines of a statement, whichever version of the schema it has."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from lxml import etree

from invoices.banking.lines import BookedLine, StatementTrouble

ROOTS = ("BkToCstmrStmt", "BkToCstmrAcctRpt")
"""camt.053, and camt.052 with the booked lines of the day."""
BOOKED = "BOOK"
OUTGOING = "DBIT"


def lines_of(content: bytes) -> Iterator[BookedLine]:
    """Raises StatementTrouble for what is no such statement."""
    try:
        # Nothing is fetched and nothing is expanded: no entities, no DTD, no network; libxml2's own limits stay on.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise StatementTrouble("format") from error
    if root.getroottree().docinfo.doctype or not any(_all(root, name) for name in ROOTS):
        raise StatementTrouble("format")
    try:
        for report in (part for name in ROOTS for document in _all(root, name) for part in _reports(document)):
            account = _text(report, "Acct/Id/IBAN") or _text(report, "Acct/Id/Othr/Id")
            for entry in _all(report, "Ntry"):
                yield from _of_entry(account, entry)
    except (ArithmeticError, ValueError, TypeError) as error:
        raise StatementTrouble("format") from error


def _reports(document) -> list:
    return [*_all(document, "Stmt"), *_all(document, "Rpt")]


def _of_entry(account: str, entry) -> Iterator[BookedLine]:
    """One line, or one for each transaction of a batch whose own amounts add up to the entry."""
    if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) != BOOKED:
        return
    details = [row for batch in _all(entry, "NtryDtls") for row in _all(batch, "TxDtls")]
    parts = [_amount(row) for row in details]
    total = _amount(entry)
    if total is None:
        raise StatementTrouble("format")
    currency = total[1]
    own = [part for part in parts if part and part[1] == currency]
    if len(details) > 1 and len(own) == len(details) and sum(part[0] for part in own) == total[0]:
        for number, (row, part) in enumerate(zip(details, own, strict=True), 1):
            yield _line(account, entry, row, part, f"/{number}")
    else:
        yield _line(account, entry, details[0] if len(details) == 1 else None, total, "")


def _line(account: str, entry, details, amount: tuple[Decimal, str], part: str) -> BookedLine:
    outgoing = _text(entry, "CdtDbtInd") == OUTGOING
    side = "Cdtr" if outgoing else "Dbtr"
    reference = _text(entry, "AcctSvcrRef")
    return BookedLine(
        account=account,
        booked_on=_day(entry),
        amount=-amount[0] if outgoing else amount[0],
        currency=amount[1],
        name=_party(details, side),
        iban=_text(details, f"RltdPties/{side}Acct/Id/IBAN"),
        text=_words(entry, details),
        reference=reference + part if reference else "",
    )


def _words(entry, details) -> str:
    """What the payer wrote: free text, structured reference, end-to-end reference, then the bank's own words."""
    if details is None:
        return _text(entry, "AddtlNtryInf")
    free = "".join((node.text or "") for part in _all(details, "RmtInf") for node in _all(part, "Ustrd"))
    found = [free, _text(details, "RmtInf/Strd/CdtrRefInf/Ref"), _text(details, "Refs/EndToEndId")]
    return " ".join(text for text in found if text and text != "NOTPROVIDED") or _text(entry, "AddtlNtryInf")


def _party(details, side: str) -> str:
    path = f"RltdPties/{side}"
    return _text(details, f"{path}/Nm") or _text(details, f"{path}/Pty/Nm")


def _amount(node) -> tuple[Decimal, str] | None:
    """(amount, currency) of an entry or a transaction."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = _find(node, path)
        if found is not None:
            amount = Decimal(found.text or "")
            if not amount.is_finite() or amount < 0 or abs(amount) >= 10**12:
                raise StatementTrouble("format")
            return amount, found.get("Ccy", "")[:3]
    return None


def _day(entry) -> date:
    text = _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm") or _text(entry, "ValDt/Dt")
    return date.fromisoformat(text[:10])


def _all(node, name: str) -> list:
    """Children of this name, in any namespace: versions of the schema differ in nothing else that matters here."""
    return [child for child in node if isinstance(child.tag, str) and etree.QName(child).localname == name]


def _find(node, path: str):
    for name in path.split("/"):
        found = _all(node, name) if node is not None else []
        node = found[0] if found else None
    return node


def _text(node, path: str) -> str:
    found = _find(node, path)
    return (found.text or "").strip() if found is not None else ""

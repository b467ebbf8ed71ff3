"""MT940 (SWIFT), with the structured details (?20 to ?63) of German banks or without."""

import logging
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import mt940
from mt940.options import Options

from invoices.banking.lines import MOST_LINES, BookedLine, StatementTrouble

MOST_TAGS = 10 * MOST_LINES
EMPTY = ("", "NONREF", "NOTPROVIDED")

logging.getLogger("mt940").setLevel(logging.CRITICAL)  # it writes what it cannot read, whole, into the log


def lines_of(content: bytes) -> Iterator[BookedLine]:
    """Raises StatementTrouble for what is no such statement."""
    text = _decoded(content)
    if ":20:" not in text or ":60" not in text:
        raise StatementTrouble("format")
    # Before the package takes half a minute over them.
    if text.count(":61:") > MOST_LINES or text.count("\n:") > MOST_TAGS:
        raise StatementTrouble("lines")
    try:
        for statement in mt940.parse_statements(text, options=Options.all()):
            account = str(statement.data.get("account_identification") or "")
            for row in statement:
                yield _line(account, row.data)
    except StatementTrouble:
        raise
    except Exception as error:  # the package raises whatever its patterns meet
        raise StatementTrouble("format") from error


def _line(account: str, data: dict[str, Any]) -> BookedLine:
    if "amount" not in data or "date" not in data:
        raise StatementTrouble("format")
    day = data.get("entry_date") or data["date"]
    return BookedLine(
        account=account,
        booked_on=date(day.year, day.month, day.day),
        amount=Decimal(data["amount"].amount),
        currency=str(data.get("currency") or data["amount"].currency or ""),
        name=_text(data, "applicant_name"),
        iban=_text(data, "applicant_iban") or _text(data, "gvc_applicant_iban"),
        text=_words(data),
        reference=_text(data, "bank_reference"),
    )


def _words(data: dict[str, Any]) -> str:
    names = ("purpose", "additional_purpose", "end_to_end_reference", "customer_reference")
    found = [_text(data, name) for name in names]
    return " ".join(filter(None, found)) or _text(data, "transaction_details") or _text(data, "extra_details")


def _text(data: dict[str, Any], name: str) -> str:
    text = str(data.get(name) or "").strip()
    return "" if text.upper() in EMPTY else text


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252", "latin-1"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StatementTrouble("format")

"""What a bank statement says, whatever its format."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 5_000
MOST, CENT = Decimal(10) ** 12, Decimal("0.01")
_LONGEST = {"name": 200, "iban": 34, "text": 1_000, "reference": 140}


class StatementTrouble(ValueError):
    """The file is no bank statement that can be read. `code` says why: size, format, lines (too many), amount, empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class BookedLine:
    """One booked movement of an account.

    amount: what came in, in `currency`; below zero for what went out. name, iban: of the other side. text: what was
    written for us. reference: the bank's own, unique at that bank, or "". key: the same in every file that holds it.
    """

    account: str
    booked_on: date
    amount: Decimal
    currency: str
    name: str = ""
    iban: str = ""
    text: str = ""
    reference: str = ""
    key: str = ""

    @property
    def is_incoming(self) -> bool:
        return self.amount > 0


def keyed(lines: Iterable[BookedLine]) -> list[BookedLine]:
    """The lines with their keys, so that a day which is in two files counts once.

    With the bank's own reference it is the key. Without, it is everything that the line says, and its place among
    lines that say the same: two equal payments on one day are two.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for line in map(_bounded, lines):
        says = _identity(line)
        seen[says] += 1
        found.append(replace(line, key=_digest((*says, str(seen[says])))))
        if len(found) > MOST_LINES:
            raise StatementTrouble("lines")
    return found


def _identity(line: BookedLine) -> tuple[str, ...]:
    what = (line.account, f"{line.booked_on:%Y%m%d}", f"{line.amount:.2f}", line.currency)
    return (*what, line.reference) if line.reference else (*what, line.iban, line.name, line.text)


def _digest(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _bounded(line: BookedLine) -> BookedLine:
    """Texts on one line, without what no database takes, and not longer than any bank makes them; amounts to the cent."""
    if abs(line.amount) >= MOST or line.amount != line.amount.quantize(CENT):
        raise StatementTrouble("amount")
    words = {name: " ".join(getattr(line, name).replace("\0", "").split()) for name in _LONGEST}
    bounded: dict[str, Any] = {name: text[: _LONGEST[name]] for name, text in words.items()}
    return replace(line, **bounded)

"""A bank file of either format as booked lines."""

from invoices.banking import camt, mt940
from invoices.banking.lines import MOST_BYTES, BookedLine, StatementTrouble, keyed

CAMT, MT940 = "camt053", "mt940"


def read(content: bytes) -> tuple[str, list[BookedLine]]:
    """(format, lines in the order of the file). Raises StatementTrouble; at most 5 MB and 5,000 lines."""
    if len(content) > MOST_BYTES:
        raise StatementTrouble("size")
    form = CAMT if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else MT940
    lines = keyed((camt if form == CAMT else mt940).lines_of(content))
    if not lines:
        raise StatementTrouble("empty")
    return form, lines

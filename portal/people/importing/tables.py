"""A CSV file as spreadsheets save it: in one of three encodings, with one of three delimiters, headed in English or German."""

import csv
import io
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.export import FORMULA

MOST_BYTES = 1024 * 1024
MOST_ROWS = 500
"""Each row is an action with its events; more would take longer than a request may."""
DELIMITERS = ";,\t"
TOLD = re.compile(r'"?sep=([;,\t])"?\r?\n', re.IGNORECASE)
"""A first line by which programs tell Excel the delimiter; the spreadsheet shows and counts it not."""
HEADS = {
    "name": "name firma unternehmen company projekt project projektname kontakt contact",
    "client": "client kunde customer auftraggeber",
    "email": "email mail emailadresse emailaddress",
    "external_id": "externalid externeid externekennung kennung externenummer kundennummer nummer id number",
    "manager": "manager accountmanager betreuer betreuung kundenbetreuer kundenbetreuung",
    "areas": "areas bereiche",
    "language": "language sprache",
}
NAMES = {
    "name": gettext_lazy("Name"),
    "client": gettext_lazy("Client"),
    "email": gettext_lazy("E-mail address"),
    "external_id": gettext_lazy("External id"),
    "manager": gettext_lazy("Account manager"),
    "areas": gettext_lazy("Areas"),
    "language": gettext_lazy("Language"),
}
"""What a column is called to people; each of them may stand in the head."""
_COLUMNS = {word: column for column, words in HEADS.items() for word in words.split()}


@dataclass(frozen=True)
class Row:
    """One line of the file. number: as the spreadsheet counts, the head being 1."""

    number: int
    cells: dict[str, str]


def decoded(content: bytes) -> str:
    """The text of a file. Raises ValidationError when it is too large or no text."""
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 1 MB. Please split it."))
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValidationError(_("This is no CSV file. Save the sheet as CSV, best in UTF-8."))


def read(text: str, *, wanted: tuple[str, ...], needed: tuple[str, ...]) -> list[Row]:
    """The rows of a text, blank ones left out. Raises ValidationError for a head that lacks what is needed."""
    told = TOLD.match(text)
    text = text[told.end() :] if told else text
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=told[1] if told else _delimiter(text))
    try:
        head = [_column(cell, wanted) for cell in next(lines, [])]
        found = [(number, cells) for number, cells in enumerate(lines, 2) if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise ValidationError(_("The file cannot be read as CSV.")) from error
    if missing := [column for column in needed if column not in head]:
        raise ValidationError(
            _("The first line must name the columns; missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    if len(set(filter(None, head))) < len([column for column in head if column]):
        raise ValidationError(_("Two columns have the same meaning. Please keep one of them."))
    if len(found) > MOST_ROWS:
        raise ValidationError(_("At most %(limit)d rows at once.") % {"limit": MOST_ROWS})
    return [Row(number, _cells(head, cells)) for number, cells in found]


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(DELIMITERS, key=first.count)


def _column(head: str, wanted: tuple[str, ...]) -> str:
    """Which column a word means; "" for one that is not wanted. Where no client is asked for, it names the row itself."""
    word = "".join(letter for letter in head.casefold() if letter.isalnum())
    column = _COLUMNS.get(word, "")
    if column == "client" and "client" not in wanted:
        column = "name"
    return column if column in wanted else ""


def _cells(head: list[str], cells: list[str]) -> dict[str, str]:
    return {column: _plain(cell) for column, cell in zip(head, cells, strict=False) if column}


def _plain(cell: str) -> str:
    """Without blanks around it, and without the apostrophe that our own exports put before a formula."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell

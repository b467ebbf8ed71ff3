"""A CSV export as rows with our columns."""

import csv
import io
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.audit.export import FORMULA
from portal.people.importing.tables import DELIMITERS
from worklog.importing.vendors import VENDORS, Vendor, columns_of, vendor_of

MOST_ROWS = 5000


@dataclass(frozen=True)
class Table:
    """rows: (number as the spreadsheet counts, the head being 1, cells by our columns)."""

    vendor: Vendor
    rows: list[tuple[int, dict[str, str]]]


def read(text: str) -> Table:
    """Raises ValidationError for what is no export of a program that we know."""
    first = text.split("\n", 1)[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count))
    try:
        heads = next(lines, [])
        found = [(lines.line_num, cells) for cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise ValidationError(_("The file cannot be read as CSV.")) from error
    vendor = vendor_of(heads)
    if vendor is None:
        names = ", ".join(vendor.name for vendor in VENDORS)
        raise ValidationError(
            _("The first line is none that we know. Export the detailed report as CSV from one of: %(names)s.")
            % {"names": names}
        )
    if len(found) > MOST_ROWS:
        raise ValidationError(_("At most %(limit)d rows at once.") % {"limit": MOST_ROWS})
    columns = columns_of(vendor, heads)
    return Table(vendor, [(number, _cells(columns, cells)) for number, cells in found])


def _cells(columns: list[str], cells: list[str]) -> dict[str, str]:
    return {column: _plain(cell) for column, cell in zip(columns, cells, strict=False) if column}


def _plain(cell: str) -> str:
    """Without blanks around it, zero bytes, and the apostrophe before a formula."""
    cell = " ".join(cell.replace("\0", "").split())
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell

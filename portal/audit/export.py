"""Tables that leave the house: CSV that no spreadsheet takes for a formula, and the audit event that says so."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from portal.audit.log import log

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold, and no sheet shows."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_response(
    name: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, what: str, filters: dict
) -> HttpResponse:
    """A CSV file to download; who took it, how many rows and the file's hash go to the audit log."""
    content, count = _written(head, rows)
    note_export(content, what=what, filters=filters, rows=count)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def note_export(content: bytes, **told: Any) -> None:
    """Who takes this file is in the audit log, with the file's hash. told: what it is, filters, rows."""
    log("export.made", {**told, "sha256": hashlib.sha256(content).hexdigest()})


def _written(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[bytes, int]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(cell) for cell in head])
    count = 0
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        count += 1
    return b"\xef\xbb\xbf" + out.getvalue().encode(), count


def cell_of(value: Any) -> Any:
    """A value for a sheet: texts as in CSV, without what XML cannot hold; numbers and days as they are."""
    return harmless(value) if isinstance(value, str) else value


def harmless(cell: Any) -> str:
    """The cell as text, without control characters; what a spreadsheet would run gets an apostrophe in front."""
    text = UNPRINTABLE.sub("", "" if cell is None else str(cell))
    return f"'{text}" if text.startswith(FORMULA) else text

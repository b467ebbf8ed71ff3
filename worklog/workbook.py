"""Tables of time, and such a table as an XLSX file: no formula runs in it, the head stays in sight."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from portal.audit.export import cell_of
from portal.core.formats import format_minutes

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_of(
    title: str, widths: Sequence[int], head: Sequence[str], rows: Iterable[Sequence[Any]], foot: Sequence[Any]
) -> bytes:
    """widths: of the columns, in letters; head and foot are bold."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    sheet.append([_bold(sheet, cell) for cell in head])
    for row in rows:
        sheet.append([cell_of(value) for value in row])
    sheet.append([_bold(sheet, cell) for cell in foot])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_response(content: bytes, name: str) -> HttpResponse:
    """name: of the file, without its ending."""
    response = HttpResponse(content, content_type=SHEET)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def clock_of(moment: datetime | None) -> str:
    """By the reader's own clock; "" when it is not known."""
    return timezone.localtime(moment).strftime("%H:%M") if moment else ""


def total_of(minutes: int) -> list[Any]:
    """The last row: the sum below the columns with minutes and with time."""
    return [_("Total"), "", "", minutes, format_minutes(minutes)]


def _bold(sheet, value: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=cell_of(value))
    cell.font = Font(bold=True)
    return cell

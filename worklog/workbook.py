"""A table as an XLSX file: no formula runs in it, the head stays in sight."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from portal.audit.export import cell_of

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


def _bold(sheet, value: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=cell_of(value))
    cell.font = Font(bold=True)
    return cell

"""The statement of account as CSV, XLSX and PDF. No formula runs, and the audit log knows who took it."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from invoices.days import today_of
from invoices.statement import ZERO, Statement
from invoices.statement_page import words_of
from portal.audit.export import cell_of, csv_response
from portal.audit.log import log
from portal.core.formats import format_date
from portal.core.pdf import PdfTrouble, pdf_of, pdf_response
from portal.tenancy.logo import embedded

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (12, 44, 44, 14, 14, 14, 9)
"""Of the columns of a sheet, in letters."""
MOST_PRINTED = 1_000
"""Lines on paper; whoever asks for more would hold a page for as long as the printer may take."""


class TooLong(PdfTrouble):
    """More lines than are printed."""


def name_of(what: Statement) -> str:
    return f"statement-{what.client.slug}-{what.first}-{what.last}-{what.currency}"


def csv_of(what: Statement) -> HttpResponse:
    return csv_response(name_of(what), head(), rows_of(what), what="statement of account", filters=_filters(what))


def xlsx_of(what: Statement) -> HttpResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Statement of account"))
    sheet.freeze_panes = "A2"
    for number, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    sheet.append([_bold(sheet, cell) for cell in head()])
    for row in rows_of(what):
        sheet.append([cell_of(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    response = HttpResponse(out.getvalue(), content_type=SHEET)
    response["Content-Disposition"] = f'attachment; filename="{name_of(what)}.xlsx"'
    _note(what, out.getvalue(), "xlsx")
    return response


def pdf_of_statement(what: Statement) -> HttpResponse:
    """Raises PdfTrouble, TooLong."""
    if len(what.entries) > MOST_PRINTED:
        raise TooLong
    agency = what.client.agency
    context = {"agency": agency, "client": what.client, "logo": embedded(agency), **words_of(what)}
    context["made_on"] = format_date(today_of(agency))
    content = pdf_of("invoices/statement_pdf.html", context, brand=agency.brand_hex)
    _note(what, content, "pdf")
    return pdf_response(content, name_of(what))


def head() -> list[str]:
    return [
        _("Day"),
        _("What"),
        _("Note"),
        _("Debit"),
        pgettext("side of an account", "Credit"),
        _("Balance"),
        _("Currency"),
    ]


def rows_of(what: Statement) -> Iterator[list[Any]]:
    yield [what.first, _("Balance before"), "", "", "", what.opening, what.currency]
    for entry in what.entries:
        sides = [max(entry.amount, ZERO) or "", max(-entry.amount, ZERO) or ""]
        yield [entry.on, entry.text, entry.note, *sides, entry.balance, what.currency]
    yield [what.last, _("Balance after"), "", what.debit, what.credit, what.closing, what.currency]


def _bold(sheet, value: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    cell.font = Font(bold=True)
    return cell


def _note(what: Statement, content: bytes, form: str) -> None:
    told = {"what": "statement of account", "form": form, "filters": _filters(what), "rows": len(what.entries)}
    log("export.made", {**told, "sha256": hashlib.sha256(content).hexdigest()})


def _filters(what: Statement) -> dict[str, str]:
    period = {"from": f"{what.first}", "to": f"{what.last}"}
    return {"client": what.client.slug, "currency": what.currency, **period}

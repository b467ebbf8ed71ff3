"""Lists of tickets as files: what the filters show, all of it, and nothing that the reader would not see on the page."""

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook

from portal.audit.log import log as audit_log
from portal.tenancy.models import Client, Member
from tickets.models import Priority, Ticket
from tickets.presenting import PRIORITIES

MOST = 10_000
"""Rows of one file; more are never cut off in silence."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would take for a formula."""
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def respond(tickets: Iterable[Ticket], member: Member, client: Client | None, kind: str) -> HttpResponse:
    """The file; written into the audit log."""
    rows = list(tickets)
    table = [_head(), *(_line(row, member) for row in rows[:MOST])]
    if len(rows) > MOST:
        table.append(
            [_("Only the first %(number)d tickets are here; filter the list to get the others.") % {"number": MOST}]
        )
    content = _as_csv(table) if kind == "csv" else _as_xlsx(table)
    what = f"tickets of {client.slug}" if client else "tickets"
    audit_log("export.made", {"what": what, "rows": len(rows)}, agency_id=member.agency_id)
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="tickets.{kind}"'
    return response


def _head() -> list[str]:
    names = (
        _("Ticket"),
        _("Title"),
        _("Client"),
        _("Kind"),
        _("State"),
        _("Priority"),
        _("Works on it"),
        _("Deadline"),
    )
    return [*names, _("Opened"), _("Done")]


def _line(ticket: Ticket, member: Member) -> list[str]:
    moments = (ticket.due_at, ticket.created_at, ticket.closed_at)
    due, opened, closed = (moment.isoformat(timespec="minutes") if moment else "" for moment in moments)
    who = str(ticket.assignee) if ticket.assignee else ""
    state = ticket.status.word_for(member)
    priority = "" if member.is_contact else str(PRIORITIES[Priority(ticket.priority)])
    cells = [ticket.key, ticket.title, ticket.client.name, str(ticket.type), state, priority, who, due, opened, closed]
    return [_harmless(cell) for cell in cells]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def _as_csv(table: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(table)
    return text.getvalue().encode("utf-8-sig")


def _as_xlsx(table: list[list[str]]) -> bytes:
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet(_("Tickets")[:31])
    for line in table:
        sheet.append(line)
    book.save(file)
    return file.getvalue()

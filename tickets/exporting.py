"""Lists of tickets as files: what the filters show, all of it, and nothing that the reader would not see on the page."""

import hashlib
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from portal.audit.export import cell_of, csv_response
from portal.audit.log import log as audit_log
from portal.core.formats import format_minutes
from portal.tenancy.models import Client, Member
from tickets.models import Priority, Ticket
from tickets.presenting import PRIORITIES

MOST = 10_000
"""Rows of one file; more are never cut off in silence."""
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = ("csv", "xlsx")


def respond(
    tickets: Iterable[Ticket], member: Member, client: Client | None, kind: str, filters: dict[str, str]
) -> HttpResponse:
    """The file; who took it, with which filters, goes to the audit log."""
    rows = list(tickets)
    table = [_line(row, member) for row in rows[:MOST]]
    if len(rows) > MOST:
        table.append(
            [_("Only the first %(number)d tickets are here; filter the list to get the others.") % {"number": MOST}]
        )
    what = f"tickets of {client.slug}" if client else "tickets"
    if kind == "csv":
        return csv_response("tickets", _head(), table, what=what, filters=filters)
    content = _as_xlsx([_head(), *table])
    told = {"what": what, "filters": filters, "rows": len(table), "sha256": hashlib.sha256(content).hexdigest()}
    audit_log("export.made", told, agency_id=member.agency_id)
    response = HttpResponse(content, content_type=SHEET)
    response["Content-Disposition"] = 'attachment; filename="tickets.xlsx"'
    return response


def _head() -> list[str]:
    names = [
        _("Ticket"),
        _("Title"),
        _("Client"),
        _("Kind"),
        _("State"),
        _("Priority"),
        _("Works on it"),
        _("Deadline"),
    ]
    names += [_("Opened"), _("Done"), _("Project"), _("Asked by"), _("Team"), _("Percent complete")]
    return [*names, _("Estimate"), _("Time")]


def _line(ticket: Ticket, member: Member) -> list[str]:
    moments = (ticket.due_at, ticket.created_at, ticket.closed_at)
    due, opened, closed = (timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else "" for at in moments)
    who = str(ticket.assignee) if ticket.assignee else ""
    state = ticket.status.word_for(member)
    priority = str(PRIORITIES[Priority(ticket.priority)]) if member.is_specialist else ""
    key = ticket.shown_key
    line = [key, ticket.title, ticket.client.name, str(ticket.type), state, priority, who, due, opened, closed]
    return [*line, *_more_of(ticket, member)]


def _more_of(ticket: Any, member: Member) -> list[str]:
    """Project, who asked, team, how far it is, estimate and time in hours and minutes; each for those who may know it."""
    asker = str(ticket.logger) if ticket.logger and (ticket.logger.is_specialist or member.knows_clients) else ""
    team, estimate = (ticket.team, ticket.estimate_minutes) if member.is_specialist else (None, None)
    words = [ticket.project.name if ticket.project else "", asker, team.name if team else "", str(ticket.percent)]
    return [*words, *(format_minutes(minutes) if minutes else "" for minutes in (estimate, ticket.minutes))]


def _as_xlsx(table: list[list[str]]) -> bytes:
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet(_("Tickets")[:31])
    for line in table:
        sheet.append([cell_of(value) for value in line])
    book.save(file)
    return file.getvalue()

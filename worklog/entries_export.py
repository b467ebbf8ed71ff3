"""The list of all entries to take along: as CSV, XLSX or PDF, with its filters; the audit log knows who took it."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.export import csv_response, note_export
from portal.core.formats import format_date, format_minutes
from portal.core.pdf import pdf_of, pdf_response
from portal.tenancy.logo import embedded
from portal.tenancy.models import Member
from worklog.all_entries import Wanted
from worklog.exporting import MOST_IN_TABLES
from worklog.models import WorkEntry
from worklog.presenting import marks_of, span_of
from worklog.workbook import clock_of, sheet_response, total_of, workbook_of

MOST = 50_000
"""Entries of one file: the whole house's of some years would fill the memory."""
NAME, WHAT = "entries", "time entries"
WIDTHS = (12, 8, 8, 9, 8, 24, 24, 20, 20, 60, 16, 24)


class TooMany(Exception):
    """More entries than a file takes: whoever wants them asks for fewer days at once."""


def export(member: Member, wanted: Wanted, form: str) -> HttpResponse:
    """Raises PdfTrouble and TooMany."""
    rows = list(wanted.rows(member).order_by("spent_on", "started_at", "pk")[: MOST + 1])
    if len(rows) > MOST:
        raise TooMany
    return MADE[form](member, wanted, rows)


def _csv(member: Member, wanted: Wanted, rows: list[WorkEntry]) -> HttpResponse:
    return csv_response(NAME, _head(), _cells(rows, member), what=WHAT, filters=wanted.filters)


def _xlsx(member: Member, wanted: Wanted, rows: list[WorkEntry]) -> HttpResponse:
    minutes = sum(row.minutes for row in rows)
    content = workbook_of(_("Entries"), WIDTHS, _head(), _cells(rows, member), total_of(minutes))
    _note(wanted, rows, content, "xlsx")
    return sheet_response(content, NAME)


def _pdf(member: Member, wanted: Wanted, rows: list[WorkEntry]) -> HttpResponse:
    first, last = wanted.days
    context = {
        "agency": member.agency,
        "logo": embedded(member.agency),
        "whose": "" if wanted.is_of_all else str(member),
        "first": format_date(first) if first else "",
        "last": format_date(last) if last else "",
        "made_on": format_date(timezone.localdate()),
        "total": format_minutes(sum(row.minutes for row in rows)),
        "groups": list(_groups(rows, wanted)),
        "is_long": len(rows) > MOST_IN_TABLES,
    }
    content = pdf_of("worklog/entries_pdf.html", context, brand=member.agency.brand_hex)
    _note(wanted, rows, content, "pdf")
    return pdf_response(content, NAME)


MADE: dict[str, Callable[[Member, Wanted, list[WorkEntry]], HttpResponse]] = {"csv": _csv, "xlsx": _xlsx, "pdf": _pdf}


def _head() -> list[str]:
    return [
        _("Day"), _("From"), _("Until"), _("Minutes"), _("Time"), _("Who"), _("Client"), _("Project"), _("Activity"),
        _("What was done"), _("Counts as"), _("State"),
    ]  # fmt: skip


def _cells(rows: list[WorkEntry], member: Member) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            row.spent_on,
            clock_of(row.started_at),
            clock_of(row.ended_at),
            row.minutes,
            format_minutes(row.minutes),
            str(row.member),
            row.client.name,
            row.project.name if row.project else "",
            row.kind.name,
            row.text,
            str(row.get_charge_display()),
            ", ".join(str(words) for words, _tone in marks_of(row, member)),
        ]


def _groups(rows: list[WorkEntry], wanted: Wanted) -> Iterator[dict[str, Any]]:
    """By client, from A to Z."""
    for name, found in groupby(sorted(rows, key=_by_client), key=lambda row: row.client.name):
        of_client = list(found)
        yield {
            "title": name,
            "time": format_minutes(sum(row.minutes for row in of_client)),
            "rows": [_printed(row, wanted) for row in of_client],
        }


def _by_client(row: WorkEntry) -> tuple:
    return row.client.name.casefold(), row.client.name, row.spent_on, row.pk


def _printed(row: WorkEntry, wanted: Wanted) -> dict[str, Any]:
    below = [str(row.member)] if wanted.is_of_all else []
    below += [row.kind.name, row.project.name if row.project else "", span_of(row)]
    return {
        "day": format_date(row.spent_on, style="short"),
        "text": row.text,
        "below": " · ".join(filter(None, below)),
        "time": format_minutes(row.minutes),
    }


def _note(wanted: Wanted, rows: list[WorkEntry], content: bytes, form: str) -> None:
    note_export(content, what=WHAT, form=form, filters=wanted.filters, rows=len(rows))

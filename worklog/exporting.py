"""All entries of a view to take along: as CSV, XLSX or PDF. No formula runs, no internal note leaves, and the audit log knows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.export import csv_response, note_export
from portal.core.formats import format_date, format_minutes
from portal.core.pdf import pdf_of, pdf_response
from portal.tenancy.logo import embedded
from portal.tenancy.models import Client, Member
from worklog.filtering import COLUMNS, DAY, KIND, MEMBER, PROJECT, View
from worklog.hanging import entries_of, with_hanging
from worklog.models import Charge
from worklog.month_facts import Facts, facts_of
from worklog.month_lines import correction_line, state_words, title_of
from worklog.sums import Sums, sums_of
from worklog.workbook import clock_of, sheet_response, total_of, workbook_of

MOST_IN_TABLES = 300
"""Each line of a table costs the printer ten times what a line of text does, and it has thirty seconds."""
WIDTHS = (12, 8, 8, 9, 8, 24, 20, 20, 20, 60, 16, 16, 50, 40)
"""Of the columns of a sheet, in letters."""


@dataclass(frozen=True)
class Taken:
    """Everything of a view that leaves: its entries by day, their sums, and what hangs on them.

    is_part: only some projects of the client are open to whoever takes it.
    """

    client: Client
    view: View
    sums: Sums
    entries: list[Any]
    facts: Facts
    is_part: bool = False

    @property
    def name(self) -> str:
        """Of the file, without its ending."""
        return f"work-log-{self.client.slug}-{self.view.month.key}"

    @property
    def is_provisional(self) -> bool:
        return any(entry.invoiced_at is None and not entry.removed_at for entry in self.entries)


def taken(member: Member, client: Client, view: View) -> Taken:
    """What the member sees of the view, all of it: three queries."""
    rows = view.narrow(entries_of(member, client))
    entries = list(with_hanging(rows, member).order_by("spent_on", "started_at", "pk"))
    is_part = client.pk in member.limited_client_ids
    return Taken(client, view, sums_of(rows), entries, facts_of(member, client, view.month), is_part)


def csv_of(what: Taken) -> HttpResponse:
    return csv_response(what.name, head(), rows_of(what), what="work log", filters=_filters(what))


def xlsx_of(what: Taken) -> HttpResponse:
    content = workbook_of(_("Work log"), WIDTHS, head(), rows_of(what), total_of(what.sums.minutes))
    _note(what, content, "xlsx")
    return sheet_response(content, what.name)


def pdf_response_of(what: Taken) -> HttpResponse:
    """Raises PdfTrouble."""
    content = document_of(what)
    _note(what, content, "pdf")
    return pdf_response(content, what.name)


def document_of(what: Taken) -> bytes:
    """The PDF, grouped as the view is. Raises PdfTrouble."""
    agency = what.client.agency
    context = {
        "agency": agency,
        "client": what.client,
        "logo": embedded(agency),
        "what": what,
        "month": what.view.month,
        "total": format_minutes(what.sums.minutes),
        "without_charge": format_minutes(what.sums.without_charge),
        "made_on": format_date(timezone.localdate()),
        "groups": list(groups_of(what)),
        "is_long": len(what.entries) > MOST_IN_TABLES,
    }
    return pdf_of("worklog/pdf.html", context, brand=agency.brand_hex)


def head() -> list[str]:
    return [
        _("Day"), _("From"), _("Until"), _("Minutes"), _("Time"), _("Who"), _("Organisation"), _("Activity"), _("Project"),
        _("What was done"), _("Counts as"), _("State"), _("Corrections"), _("Results"),
    ]  # fmt: skip


def rows_of(what: Taken) -> Iterator[list[Any]]:
    for entry in what.entries:
        span = [clock_of(moment) for moment in (entry.started_at, entry.ended_at)]
        yield [
            entry.spent_on,
            *span,
            entry.minutes,
            format_minutes(entry.minutes),
            what.facts.name_of("member", entry.member_id),
            str(entry.vendor or ""),
            what.facts.name_of("kind", entry.kind_id),
            what.facts.name_of("project", entry.project_id) if entry.project_id else "",
            entry.text,
            str(Charge(entry.charge).label),
            state_words(entry),
            " · ".join(map(correction_line, entry.traces)),
            " · ".join(result["link"] or title_of(result) for result in entry.found_results),
        ]


def groups_of(what: Taken) -> Iterator[dict[str, Any]]:
    """As on the page: the longest first, days in their order."""
    by = what.view.by
    parts = what.sums.by(by)[::-1] if by == DAY else what.sums.by(by)
    place = {part.key: number for number, part in enumerate(parts)}
    entries = sorted(what.entries, key=lambda entry: place[getattr(entry, COLUMNS[by])])
    for key, found in groupby(entries, key=lambda entry: getattr(entry, COLUMNS[by])):
        yield {
            "title": what.facts.name_of(by, key),
            "time": format_minutes(parts[place[key]].minutes),
            "rows": [_printed(entry, what) for entry in found],
        }


def _printed(entry: Any, what: Taken) -> dict[str, Any]:
    facts, by = what.facts, what.view.by
    below = [] if by == MEMBER else [facts.name_of(MEMBER, entry.member_id)]
    below += [] if by == KIND else [facts.name_of(KIND, entry.kind_id)]
    below += [facts.name_of(PROJECT, entry.project_id)] if entry.project_id and by != PROJECT else []
    below += [str(entry.vendor)] if entry.vendor else []
    below += [state_words(entry)] if entry.removed_at or entry.asked else []
    below += [str(Charge(entry.charge).label)] if entry.charge == Charge.GOODWILL else []
    return {
        "day": format_date(entry.spent_on, style="short"),
        "text": entry.text,
        "below": " · ".join(map(str, below)),
        "notes": [correction_line(trace) for trace in entry.traces],
        "time": format_minutes(entry.minutes),
    }


def _note(what: Taken, content: bytes, form: str) -> None:
    """Who took it is in the audit log."""
    note_export(content, what="work log", form=form, filters=_filters(what), rows=len(what.entries))


def _filters(what: Taken) -> dict[str, str]:
    return {"client": what.client.slug, "month": what.view.month.key, **what.view.filters}

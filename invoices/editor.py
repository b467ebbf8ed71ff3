"""The editor of a draft: its words and all of its lines in one form, and what stands in the way of its issue."""

from collections import Counter
from typing import Any

from invoices.actions import drafting
from invoices.actions.drafting import Part
from invoices.actions.issuing import today_of
from invoices.checks import hindrances
from invoices.defaults import Defaults, billing_of, profile_of
from invoices.forms import DraftForm, LineForm
from invoices.models import Invoice, InvoiceCounter, InvoiceLine, LineSource, LineWork
from invoices.numbering import number_of
from invoices.papers.document import line_of
from invoices.readers import readers_of
from invoices.sums import totals_of
from portal.core.formats import format_hours, format_money, format_percent
from portal.tenancy.models import Client, Member

NEW = "new"


class Edited(LineForm):
    """A line of the draft. shown: as the paper says it; count: how many entries are behind it."""

    def __init__(self, data: Any, line: InvoiceLine, invoice: Invoice, count: int):
        super().__init__(data, prefix=f"line-{line.pk}", line=line)
        self.row, self.shown, self.count = line, line_of(line, invoice), count


class Editor:
    """A form for the words, one for each line, and a blank one."""

    def __init__(self, data: Any, *, invoice: Invoice, usual: Defaults):
        self.invoice = invoice
        self.words = DraftForm(data, invoice=invoice)
        found = list(invoice.lines.order_by("position"))
        works = LineWork.objects.filter(agency_id=invoice.agency_id, invoice=invoice).values_list("line_id", flat=True)
        counts = Counter(works)
        self.lines = [Edited(data, line, invoice, counts[line.pk]) for line in found]
        self.blank = LineForm(data, prefix=NEW, usual=usual)
        self.blank.initial.pop("quantity", None)

    @property
    def forms(self) -> list[Any]:
        return [self.words, *self.lines, self.blank]

    def is_valid(self) -> bool:
        """Asks each form, so that all errors are shown at once."""
        answers = [form.is_valid() for form in self.forms]
        return all(answers)

    @property
    def has_errors(self) -> bool:
        return any(form.is_bound and form.errors for form in self.forms)

    def save(self, *, by: Member) -> None:
        """Call it in one transaction."""
        drafting.change(self.invoice, by=by, **self.words.cleaned_data)
        for form in self.lines:
            if form.cleaned_data["drop"]:
                drafting.drop_line(form.row, by=by)
            else:
                drafting.change_line(form.row, by=by, **form.words())
        if not self.blank.is_blank:
            drafting.add_line(self.invoice, Part(**self.blank.words()), by=by)


def context_of(invoice: Invoice, member: Member, client: Client) -> dict[str, Any]:
    """What stands beside the form."""
    today, profile, billing = today_of(client.agency), profile_of(client.agency_id), billing_of(client)
    lines = list(invoice.lines.all())
    totals = totals_of(lines, invoice.discount, invoice.currency)
    work = LineWork.objects.filter(agency_id=invoice.agency_id, invoice=invoice)
    minutes = list(work.values_list("minutes", flat=True))
    sums = [
        (format_percent(tax.rate / 100), format_money(tax.vat, invoice.currency)) for tax in totals.taxes if tax.rate
    ]
    return {
        "invoice": invoice,
        "hindrances": hindrances(invoice, profile, billing, on=today),
        "next_number": _next(client.agency_id, profile.series, today.year),
        "today": today,
        "goes_to": [member.user.name for member in readers_of(client)],
        "unproven": sum(line.source == LineSource.FREE for line in lines),
        "is_from_work": bool(minutes),
        "work_time": format_hours(sum(minutes)),
        "work_count": len(minutes),
        "net": format_money(totals.net, invoice.currency),
        "discounted": format_money(-totals.discount, invoice.currency) if totals.discount else "",
        "vats": sums,
        "total": format_money(totals.gross, invoice.currency),
        "is_foreign": invoice.currency != client.agency.currency,
        "books": client.agency.currency,
    }


def _next(agency_id: int, series: str, year: int) -> str:
    """The number that it gets, if nobody else is quicker."""
    rows = InvoiceCounter.objects.filter(agency_id=agency_id, series=series, year=year)
    return number_of(series, year, (rows.values_list("last", flat=True).first() or 0) + 1)

"""The editor of a draft: its words and all of its lines in one form, and what stands in the way of its issue."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery

from invoices.actions import drafting
from invoices.actions.drafting import Part
from invoices.behind import asked_about
from invoices.checks import hindrances, made_here
from invoices.defaults import Defaults, billing_of
from invoices.forms import DraftForm, LineForm
from invoices.models import BillingData, Invoice, InvoiceCounter, LineSource, LineWork, TaxProfile
from invoices.numbering import number_of
from invoices.papers.document import line_of
from invoices.readers import readers_of
from invoices.sums import totals_of
from portal.core.formats import format_hours, format_money, format_percent
from portal.tenancy.models import Client, Member

NEW = "new"


class Edited(LineForm):
    """A line of the draft. shown: as the paper says it; minutes: of each entry behind it."""

    def __init__(self, data: Any, line: Any, invoice: Invoice):
        super().__init__(data, prefix=f"line-{line.pk}", line=line)
        self.row, self.shown, self.minutes = line, line_of(line, invoice), line.found_minutes


@dataclass(frozen=True)
class Sides:
    """What is usual on both sides, and where the numbers stand: given is the last one of the series and year, on last_on."""

    profile: TaxProfile
    billing: BillingData
    given: int
    last_on: date | None

    @classmethod
    def of(cls, client: Client, year: int) -> "Sides":
        """Two queries; call with the agency's sight."""
        counter = InvoiceCounter.objects.filter(agency_id=OuterRef("agency_id"), series=OuterRef("series"), year=year)
        last = made_here(OuterRef("agency_id")).values("issued_on")[:1]
        rows = TaxProfile.objects.filter(agency_id=client.agency_id)
        found = rows.annotate(given=Subquery(counter.values("last")), last_on=Subquery(last)).first()
        if found is None:
            return cls(TaxProfile(agency_id=client.agency_id), billing_of(client), 0, None)
        return cls(found, billing_of(client), found.given or 0, found.last_on)


class Editor:
    """A form for the words, one for each line, and a blank one."""

    def __init__(self, data: Any, *, invoice: Invoice, usual: Defaults):
        self.invoice = invoice
        self.words = DraftForm(data, invoice=invoice)
        works = LineWork.objects.filter(agency_id=OuterRef("agency_id"), line=OuterRef("pk")).values("minutes")
        found = invoice.lines.annotate(found_minutes=ArraySubquery(works)).order_by("position")
        self.lines = [Edited(data, line, invoice) for line in found]
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


def context_of(editor: Editor, sides: Sides, member: Member, today: date) -> dict[str, Any]:
    """What stands beside the form; one query, one more for a draft from work."""
    invoice, client, profile = editor.invoice, editor.invoice.client, sides.profile
    lines = [form.row for form in editor.lines]
    totals = totals_of(lines, invoice.discount, invoice.currency)
    minutes = [part for form in editor.lines for part in form.minutes]
    is_from_work = bool(invoice.work_group or minutes)
    sums = [
        (format_percent(tax.rate / 100), format_money(tax.vat, invoice.currency)) for tax in totals.taxes if tax.rate
    ]
    return {
        "invoice": invoice,
        "hindrances": hindrances(invoice, lines, profile, sides.billing, on=today, last_on=sides.last_on),
        "next_number": number_of(profile.series, today.year, sides.given + 1),
        "today": today,
        "goes_to": [member.user.name for member in readers_of(client)],
        "unproven": sum(line.source == LineSource.FREE for line in lines),
        "is_from_work": is_from_work,
        "asked": asked_about(invoice, member) if is_from_work else [],
        "work_time": format_hours(sum(minutes)),
        "work_count": len(minutes),
        "net": format_money(totals.net, invoice.currency),
        "discounted": format_money(-totals.discount, invoice.currency) if totals.discount else "",
        "vats": sums,
        "total": format_money(totals.gross, invoice.currency),
        "is_foreign": invoice.currency != client.agency.currency,
        "books": client.agency.currency,
    }

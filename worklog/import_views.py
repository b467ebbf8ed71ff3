"""Bringing time along: upload, look at what it would do, confirm."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from portal.core.access import needs, staff_only
from portal.people.forms.fields import choices_of
from portal.people.importing import tables
from portal.tenancy.models import Member
from worklog.actions.importing import carry_out
from worklog.actions.kinds import kind_names
from worklog.actions.months import MonthClosed
from worklog.importing import plan as plans
from worklog.importing.cells import DAY_FIRST, MONTH_FIRST
from worklog.importing.vendors import VENDORS

MOST_SHOWN = 200
"""Right rows in the preview; wrong ones come first, and all of them."""
SHOWN = {
    "day": gettext_lazy("Day"),
    "time": gettext_lazy("Time"),
    "client": gettext_lazy("Client"),
    "project": gettext_lazy("Project"),
    "text": gettext_lazy("What was done"),
}


class ImportForm(forms.Form):
    """The first step: `text` is the file's, decoded. The second one sends that text again."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "The detailed report of Toggl, Clockify, Harvest or Kimai. At most 1 MB and 5,000 rows."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of work"), help_text=gettext_lazy("For rows whose task is none of your kinds.")
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Days are written"),
        required=False,
        choices=[
            ("", gettext_lazy("find out")),
            (DAY_FIRST, gettext_lazy("day first: 31/12/2026")),
            (MONTH_FIRST, gettext_lazy("month first: 12/31/2026")),
        ],
    )
    free = forms.BooleanField(label=gettext_lazy("Rows that are not billable are without charge"), required=False)
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False, max_length=tables.MOST_BYTES)

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("text")
        choices_of(self, "kind").choices = [(name, name) for name in kind_names(by.agency)]

    def clean(self):
        cleaned = super().clean() or {}
        if file := cleaned.get("file"):
            cleaned["text"] = tables.decoded(file.read(tables.MOST_BYTES + 1))
        return cleaned

    @property
    def wishes(self) -> plans.Wishes:
        data = self.cleaned_data
        return plans.Wishes(data["kind"], data["order"], data["free"])


@staff_only
@needs("write")
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request):
    """The form, the preview, or the deed."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*sent, by=request.member)
    if form.is_valid():
        try:
            plan = plans.make(form.cleaned_data["text"], form.wishes, by=request.member)
            return _done(request, plan) if "sure" in request.POST else _preview(request, form, plan)
        except ValidationError as error:
            form.add_error("file", error)
        except MonthClosed:
            form.add_error("file", _("A month was closed meanwhile. Look at the file again."))
    context = {"form": form, "vendors": [vendor.name for vendor in VENDORS]}
    return render(request, "worklog/import.html", context, status=422 if form.errors else 200)


def _done(request, plan: plans.Plan):
    count = carry_out(plan, by=request.member)
    words = ngettext("%(count)d entry was added.", "%(count)d entries were added.", count)
    messages.success(request, words % {"count": count})
    return redirect("my_work:entries")


def _preview(request, form: ImportForm, plan: plans.Plan):
    order = (plans.WRONG, plans.NEW, plans.HERE)
    lines = sorted(plan.lines, key=lambda line: order.index(line.state))
    rows = [(line, _cells(line)) for line in lines[: plan.count(plans.WRONG) + MOST_SHOWN]]
    context = {
        "form": form,
        "vendor": plan.vendor.name,
        "head": list(SHOWN.values()),
        "rows": rows,
        "counts": {state: plan.count(state) for state in order},
        "left_out": len(lines) - len(rows),
        "sent": [(name, form.cleaned_data[name]) for name in ("text", "kind", "order")],
        "free": form.cleaned_data["free"],
    }
    return render(request, "worklog/import_preview.html", context)


def _cells(line: plans.Line) -> list[str]:
    cells = line.cells | {"time": line.cells.get("time") or line.cells.get("hours", "")}
    return [cells.get(column, "") for column in SHOWN]

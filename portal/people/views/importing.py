"""Bringing a list along: upload, look at what it would do, confirm."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.access import needs, staff_only
from portal.people.forms.importing import KINDS, ImportForm
from portal.people.importing import plan as plans
from portal.people.importing.kinds import SORTS
from portal.people.importing.tables import NAMES

MOST_SHOWN = 200
"""Rows in the preview; wrong ones come first, so none of them is hidden behind right ones."""


@staff_only
@needs("manage_clients")
def bring(request):
    """The form, the preview, or the deed."""
    form = ImportForm(request.POST or None, request.FILES or None, by=request.member)
    if form.is_valid():
        kind, text = form.cleaned_data["kind"], form.cleaned_data["text"]
        try:
            if "sure" in request.POST:
                return _done(request, kind, text, send=form.cleaned_data["send"])
            return _preview(request, form, plans.make(kind, text, by=request.member))
        except ValidationError as error:
            form.add_error("file", ValidationError(error.messages))
    kinds = [kind for kind in KINDS if plans.may_import(kind, request.member)]
    columns = [
        (KINDS[kind], [(NAMES[name], name in SORTS[kind].needed) for name in SORTS[kind].columns]) for kind in kinds
    ]
    context = {"form": form, "columns": columns, "crumbs": [(reverse("people:clients"), _("Clients"))]}
    return render(request, "people/import.html", context, status=422 if form.errors else 200)


def _done(request, kind: str, text: str, *, send: bool):
    count = plans.carry_out(kind, text, by=request.member, send=send)
    messages.success(
        request, ngettext("%(count)d row was added.", "%(count)d rows were added.", count) % {"count": count}
    )
    return redirect("people:members" if kind == "contacts" else "people:clients")


def _preview(request, form: ImportForm, plan: plans.Plan):
    order = (plans.WRONG, plans.NEW, plans.HERE)
    lines = sorted(plan.lines, key=lambda line: order.index(line.state))
    head = [column for column in plan.sort.columns if any(column in line.row.cells for line in lines)]
    rows = [(line, [line.row.cells.get(column, "") for column in head]) for line in lines[:MOST_SHOWN]]
    counts = {state: plan.count(state) for state in order}
    context = {
        "form": form,
        "head": [NAMES[column] for column in head],
        "rows": rows,
        "counts": counts,
        "left_out": len(lines) - len(rows),
    }
    crumbs = [(reverse("people:clients"), _("Clients")), (reverse("people:import"), _("Import a list"))]
    kind, text = form.cleaned_data["kind"], form.cleaned_data["text"]
    return render(request, "people/import_preview.html", {**context, "kind": kind, "text": text, "crumbs": crumbs})

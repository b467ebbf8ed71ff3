"""The client's month at a glance, and everything of it to take along."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.access import area
from portal.core.pdf import PdfTrouble
from worklog.actions.looking import look
from worklog.exporting import csv_of, pdf_response_of, taken, xlsx_of
from worklog.filtering import View
from worklog.models import can_be_managed_by
from worklog.month_page import context_of, day_of


@area("work")
@require_safe
def index(request):
    """A month of the client: figures, budget, entries by person, activity, project or day."""
    member, client = request.member, request.client
    client.agency = request.agency
    look(member, client)
    view, after = View.read(request.GET), request.GET.get("after", "")
    context = context_of(member, client, view, after)
    exports = [(form.upper(), reverse(f"worklog:{form}", args=[client.slug]) + view.query()) for form in FORMS]
    context |= {"day": day_of(view), "may_manage": can_be_managed_by(member, client), "exports": exports}
    template = "worklog/_month_groups.html" if after and request.htmx else "worklog/month.html"
    return render(request, template, context)


@area("work")
@require_safe
def export(request, form):
    """Everything of the view as a file."""
    member, client = request.member, request.client
    client.agency = request.agency
    look(member, client)
    view = View.read(request.GET)
    what = taken(member, client, view)
    try:
        return FORMS[form](what)
    except PdfTrouble:
        messages.error(request, _("The PDF cannot be made at the moment. Take the XLSX instead, or try again later."))
        return redirect(f"{reverse('worklog:index', args=[client.slug])}{view.query()}")


FORMS = {"csv": csv_of, "xlsx": xlsx_of, "pdf": pdf_response_of}

"""The statement of account as a page and to take along, and a year of invoices as one file."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from invoices import statement_export, statement_page
from invoices.access import sums_of_client
from invoices.actions.printing import hurry
from invoices.actions.reading import read
from invoices.statement import Account
from invoices.year_archive import archive_response, papers_of
from portal.core.pdf import PdfTrouble

FORMS = {"csv": statement_export.csv_of, "xlsx": statement_export.xlsx_of, "pdf": statement_export.pdf_of_statement}


@sums_of_client
@require_safe
def statement(request):
    """What was charged and paid in a period, with a running balance, and how old the debt is."""
    context = statement_page.context_of(request.member, request.client, request.GET)
    return render(request, "invoices/statement.html", context)


@sums_of_client
@require_safe
def export(request, form):
    """The same as a file."""
    found = statement_page.asked_for(Account.of(request.member, request.client), request.GET)
    try:
        return FORMS[form](found)
    except PdfTrouble as trouble:
        words = _("The PDF cannot be made at the moment. Take the XLSX instead, or try again later.")
        if isinstance(trouble, statement_export.TooLong):
            words = _("So many lines are too long for a PDF. Choose a shorter period, or take the XLSX.")
        messages.error(request, words)
        return redirect(reverse("settling:statement", args=[request.client.slug]))


@sums_of_client
@require_safe
def year(request, year):
    """All PDFs of a year, as they are stored; each counts as downloaded. What is not printed yet is made now, and said."""
    found = papers_of(request.member, request.client, year)
    hurry(found.missing)
    if not found.papers:
        messages.info(request, _("The PDFs of this year are being made. Please try again in a few minutes."))
        return redirect("invoices:index", request.client.slug)
    for paper in found.papers:
        read(paper.invoice, by=request.member, downloads=True)
    return archive_response(request.client, found)

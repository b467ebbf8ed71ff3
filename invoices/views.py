"""The tab Invoices of one client: what is open and paid, each invoice down to its work, each paper by one click."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from invoices import detail as page
from invoices.actions.issuing import today_of
from invoices.actions.making import NotYet, count, hastened
from invoices.actions.reading import read
from invoices.listing import View, page_of, years_of
from invoices.models import Invoice, InvoiceDocument
from invoices.showing import figures_of, owed_to_providers, rows_of
from invoices.whole import whole
from portal.accounts.decorators import chosen_before, first_of
from portal.core.access import area
from portal.core.context import tenant
from portal.core.paging import next_of
from portal.core.pdf import PdfTrouble
from portal.files.responses import respond
from portal.notifications.actions import mark_read_about


@area("money")
@require_safe
def index(request):
    """Open, overdue and paid at a glance, and the list."""
    today, member = today_of(request.agency), request.member
    rows, view = Invoice.objects.visible_to(member).of(request.client), View.read(request.GET, today)
    found = page_of(view.narrow(rows).select_related("client", "issuer"), view, request.GET.get("after", ""))
    context = {"rows": rows_of(found.rows, today), "more": next_of(request, found), "view": view, "is_of_client": True}
    if request.htmx and request.GET.get("after"):
        return render(request, "invoices/_rows.html", context)
    figures = figures_of(rows.filter(issuer=None), today, view.year or today.year)
    figures += owed_to_providers(rows) if member.is_contact else []
    may_ask = member.sees_area(request.client, "tickets") and member.can_write_for(request.client)
    context |= {"figures": figures, "years": years_of(rows), "may_ask": may_ask}
    context |= {"states": view.states(with_drafts=member.is_specialist), "may_manage": _may_manage(request)}
    return render(request, "invoices/index.html", context)


@area("money")
@require_safe
def detail(request, pk):
    """Lines with the work behind each, papers, payment, what happened."""
    invoice = _get(request, pk)
    if invoice.is_draft:
        return redirect("invoices:edit", request.client.slug, pk)
    if all(row["member"] != request.member.pk for row in invoice.found_reads):  # type: ignore[attr-defined]
        read(invoice, by=request.member)
    mark_read_about(request.member, invoice)
    today = today_of(request.agency)
    context = page.context_of(invoice, request.member, request.client, today, first_of(chosen_before(request)))
    return render(request, "invoices/detail.html", context)


@area("money")
@require_safe
def paper(request, pk, kind):
    """The stored bytes. The first who asks may be quicker than the worker; then it is made now, once."""
    invoice = _get(request, pk)
    rows = InvoiceDocument.objects.visible_to(request.member).filter(invoice=invoice).select_related("file")
    document = get_object_or_404(rows, kind=kind)
    try:
        document = hastened(document)
    except (NotYet, PdfTrouble) as trouble:
        if isinstance(trouble, PdfTrouble):
            with tenant(invoice.agency_id):
                count(document)
        messages.warning(request, _("The PDF is still being made. Please try again in a few minutes."))
        return redirect(reverse("invoices:detail", args=[request.client.slug, pk]))
    read(invoice, by=request.member, downloads=True)
    return respond(document.file, to=request.member)


def _may_manage(request) -> bool:
    """Whether somebody writes invoices here."""
    blank = Invoice(agency_id=request.agency.pk, client=request.client)
    return blank.can_be_managed_by(request.member)


def _get(request, pk) -> Invoice:
    request.client.agency = request.agency
    rows = Invoice.objects.visible_to(request.member).of(request.client).select_related("corrects", "issuer")
    invoice = get_object_or_404(whole(rows, request.member), pk=pk)
    invoice.client = request.client
    return invoice

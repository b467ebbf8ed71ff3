"""The tab Invoices of one client: what is open and paid, each invoice down to its work, each paper by one click."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from invoices import detail as page
from invoices.actions.making import NotYet, count, hastened
from invoices.actions.reading import read
from invoices.days import today_of
from invoices.forms import ExternalIdForm
from invoices.listing import View, page_of, years_of
from invoices.models import Invoice, InvoiceDocument, Origin, PaperKind, may_settle
from invoices.papers.inside import data_in
from invoices.showing import figures_of, owed_to_providers, rows_of, with_marks
from invoices.whole import whole
from portal.accounts.decorators import chosen_before, first_of
from portal.audit.log import log as audit_log
from portal.core.access import area
from portal.core.context import tenant
from portal.core.paging import next_of
from portal.core.pdf import PdfTrouble
from portal.files.models import File
from portal.files.responses import away, respond
from portal.files.storage import TROUBLE
from portal.notifications.actions import mark_read_about
from portal.tenancy.models import Member


@area("money")
@require_safe
def index(request):
    """Open, overdue and paid at a glance, and the list."""
    today, member = today_of(request.agency), request.member
    rows, view = Invoice.objects.visible_to(member).of(request.client), View.read(request.GET, today)
    listed = view.narrow(rows).select_related("client", "issuer")
    listed = with_marks(listed, member) if member.is_specialist else listed
    found = page_of(listed, view, request.GET.get("after", ""))
    context = {"rows": rows_of(found.rows, today), "more": next_of(request, found), "view": view, "is_of_client": True}
    if request.htmx and request.GET.get("after"):
        return render(request, "invoices/_rows.html", context)
    figures = figures_of(rows.filter(issuer=None), today, view.year or today.year)
    figures += owed_to_providers(rows) if member.is_contact else []
    may_ask = member.sees_area(request.client, "tickets") and member.can_write_for(request.client)
    context |= {"figures": figures, "years": years_of(rows), "may_ask": may_ask}
    context |= {
        "states": view.states(with_drafts=member.is_specialist),
        "may_manage": may_settle(member, request.client),
    }
    return render(request, "invoices/index.html", context)


@area("money")
@require_safe
def detail(request, pk):
    """Lines with the work behind each, papers, payment, what happened."""
    return shown(request, pk)


def shown(request, pk, *, naming: ExternalIdForm | None = None, status: int = 200) -> HttpResponseBase:
    """The page of an invoice. naming: its external id as it was typed, when something is wrong with that."""
    invoice = _get(request, pk)
    if invoice.is_draft:
        return redirect("invoices:edit", request.client.slug, pk)
    if all(row["member"] != request.member.pk for row in invoice.found_reads):  # type: ignore[attr-defined]
        read(invoice, by=request.member)
    mark_read_about(request.member, invoice)
    today = today_of(request.agency)
    context = page.context_of(invoice, request.member, request.client, today, first_of(chosen_before(request)))
    context["naming"] = naming or ExternalIdForm.of(invoice)
    return render(request, "invoices/detail.html", context, status=status)


@area("money")
@require_safe
def paper(request, pk, kind):
    """The stored bytes."""
    return _handed_out(request, _get(request, pk), kind, lambda file: respond(file, to=request.member))


@area("money")
@require_safe
def data(request, pk):
    """The invoice as data, byte for byte as its stored PDF carries it (EN 16931); what was made elsewhere has its PDF alone."""
    invoice = _get(request, pk)
    if invoice.origin != Origin.PORTAL:
        raise Http404("not made here")
    return _handed_out(request, invoice, PaperKind.PDF, lambda file: _inside(file, invoice, request.member))


def _inside(file: File, invoice: Invoice, member: Member) -> HttpResponseBase:
    if file.hindrance_for(member):
        raise PermissionDenied
    try:
        with default_storage.open(file.key) as stored:
            content = stored.read()
    except TROUBLE:
        return away()
    if len(content) != file.size:
        return away()
    xml = data_in(content)
    if xml is None:
        raise Http404("nothing inside")
    name = f"{invoice.number}.xml"
    audit_log("file.downloaded", {"file": file.pk, "name": name}, agency_id=file.agency_id)
    response = HttpResponse(xml, content_type="application/xml")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _handed_out(request, invoice: Invoice, kind: str, answer: Callable[[File], HttpResponseBase]) -> HttpResponseBase:
    """The first who asks may be quicker than the worker; then the paper is made now, once. Whoever gets it leaves a mark."""
    rows = InvoiceDocument.objects.visible_to(request.member).filter(invoice=invoice).select_related("file")
    document = get_object_or_404(rows, kind=kind)
    try:
        document = hastened(document)
    except (NotYet, PdfTrouble) as trouble:
        if isinstance(trouble, PdfTrouble):
            with tenant(invoice.agency_id):
                count(document)
        messages.warning(request, _("The PDF is still being made. Please try again in a few minutes."))
        return redirect(reverse("invoices:detail", args=[request.client.slug, invoice.pk]))
    response = answer(document.file)
    if response.status_code < 400:
        read(invoice, by=request.member, downloads=True)
    return response


def _get(request, pk) -> Invoice:
    request.client.agency = request.agency
    rows = Invoice.objects.visible_to(request.member).of(request.client).select_related("corrects", "issuer")
    invoice = get_object_or_404(whole(rows, request.member), pk=pk)
    invoice.client = request.client
    return invoice

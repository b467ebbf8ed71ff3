"""Invoices made elsewhere: brought by the agency, or by a provider for its client, whom alone they concern."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from invoices import outside_page
from invoices.access import sums_or_own
from invoices.actions import crediting
from invoices.actions.paying import NotFitting, receive, reverse
from invoices.actions.reading import read
from invoices.actions.settling import TooMuch
from invoices.actions.uploading import KnownNumber, bring, may_bring
from invoices.bank_forms import ids_in
from invoices.days import today_of
from invoices.models import Invoice, Origin, PaperKind
from invoices.outside_forms import OutsideForm
from invoices.outside_page import marks_of
from portal.files.checking import FileRefused
from portal.files.responses import respond
from portal.files.storage import StorageTrouble


@sums_or_own
@require_safe
def index(request):
    """A provider's own; the client's from its providers; the agency's from another program."""
    context = outside_page.context_of(request.member, request.client, request.GET.get("after", ""))
    return render(request, "invoices/outside/index.html", context)


@sums_or_own
@require_http_methods(["GET", "HEAD", "POST"])
def create(request):
    """Upload a PDF."""
    if not may_bring(request.member, request.client):
        raise PermissionDenied
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = OutsideForm(*sent, client=request.client, is_provider=request.member.is_vendor)
    if form.is_valid():
        try:
            with transaction.atomic():
                bring(request.client, form.cleaned_data["file"], by=request.member, **form.words)
            messages.success(request, _("The invoice is here."))
            return redirect("settling:outside", request.client.slug)
        except KnownNumber:
            form.add_error("number", _("An invoice with this number is here already."))
        except (FileRefused, StorageTrouble) as error:
            form.add_error("file", error)
    context = {"form": form, "is_provider": request.member.is_vendor}
    return render(request, "invoices/outside/form.html", context, status=422 if form.errors else 200)


@sums_or_own
@require_safe
def paper(request, pk):
    """The PDF, byte by byte as it was brought."""
    invoice = _get(request, pk)
    found = get_object_or_404(invoice.documents.filter(kind=PaperKind.PDF).select_related("file"))
    read(invoice, by=request.member, downloads=True)
    return respond(found.file, to=request.member)


@sums_or_own
@require_POST
def mark_paid(request, pk):
    """The provider says that the client has paid; or that it has not, after all."""
    invoice = _own(request, pk)
    if "again" in request.POST:
        return _mark_unpaid(request, invoice)
    sums: dict[str, Any] = {
        "amount": invoice.open_amount,
        "currency": invoice.currency,
        "paid_on": today_of(request.agency),
    }
    try:
        with transaction.atomic():
            shares = {invoice: invoice.open_amount}
            receive(request.client, shares, by=request.member, issuer=request.member.vendor, **sums)
        messages.success(request, _("Marked as paid"))
    except (TooMuch, NotFitting):
        messages.warning(request, _("Nothing is open any more."))
    return redirect("settling:outside", request.client.slug)


def _mark_unpaid(request, invoice: Invoice):
    try:
        with transaction.atomic():
            for payment in marks_of(invoice, request.member):
                reverse(payment, by=request.member, reason=_("It was marked as paid by mistake."))
        messages.success(request, _("It is open again."))
    except NotFitting:
        messages.warning(request, _("It is open again already."))
    return redirect("settling:outside", request.client.slug)


@sums_or_own
@require_POST
def set_off(request, pk):
    """A provider's credit note is for this invoice of its own."""
    credit, chosen = _own(request, pk), ids_in([request.POST.get("invoice", "")])
    found = outside_page.invoices_of(request.member, request.client).unsettled()
    invoice = get_object_or_404(found, pk__in=chosen)
    try:
        crediting.use(credit, invoice, by=request.member)
        messages.success(request, _("Set off against %(number)s.") % {"number": invoice.number})
    except (TooMuch, NotFitting):
        messages.warning(request, _("Nothing of it can be set off against this invoice."))
    return redirect("settling:outside", request.client.slug)


def _own(request, pk) -> Invoice:
    """What the member's own company wrote."""
    invoice = _get(request, pk)
    if invoice.issuer_id is None or invoice.issuer_id != request.member.vendor_id:
        raise PermissionDenied
    return invoice


def _get(request, pk) -> Invoice:
    rows = Invoice.objects.visible_to(request.member).of(request.client).issued().filter(origin=Origin.OUTSIDE)
    return get_object_or_404(rows, pk=pk)

"""Writing invoices: a draft by hand, its editor, the preview, the issue, and the credit note that takes one back."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from invoices import detail as page
from invoices.actions import crediting, drafting, issuing
from invoices.behind import WorkChanged
from invoices.defaults import billing_of, defaults_of, profile_of
from invoices.editor import Editor, context_of
from invoices.forms import CreditForm, DraftForm
from invoices.left import NothingLeft, lines_left
from invoices.models import Invoice
from invoices.papers.document import pdf_of_invoice
from portal.core.access import ruled
from portal.core.pdf import PdfTrouble, pdf_response
from portal.tenancy.once import once

writers = ruled(kinds=("specialist",), permission="money", area="money")


@writers
@require_http_methods(["GET", "HEAD", "POST"])
@once
def create(request):
    """A draft by hand: the words first, its lines in the editor."""
    client = _client(request)
    if not Invoice(agency_id=client.agency_id, client=client).can_be_managed_by(request.member):
        raise PermissionDenied
    form = DraftForm(request.POST or None, initial=_usual(request))
    if request.method == "POST" and form.is_valid():
        invoice = drafting.draft(client, by=request.member, **form.cleaned_data)
        return redirect("invoices:edit", client.slug, invoice.pk)
    context = {"form": form, "books": client.agency.currency}
    return render(request, "invoices/form.html", context, status=422 if form.errors else 200)


@writers
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Words and lines, in one form."""
    invoice = _draft(request, pk)
    editor = Editor(request.POST or None, invoice=invoice, usual=defaults_of(request.client))
    if request.method == "POST" and editor.is_valid():
        with transaction.atomic():
            editor.save(by=request.member)
        messages.success(request, _("Saved"))
        return redirect("invoices:edit", request.client.slug, pk)
    context = {"editor": editor, **context_of(invoice, request.member, request.client)}
    return render(request, "invoices/edit.html", context, status=422 if editor.has_errors else 200)


@writers
@require_safe
def preview(request, pk):
    """The PDF as it would be, marked as a draft."""
    invoice = _draft(request, pk)
    invoice.seller, invoice.buyer = profile_of(invoice.agency_id).snapshot(), billing_of(request.client).snapshot()
    invoice.seller["books_currency"] = request.agency.currency
    try:
        return pdf_response(pdf_of_invoice(invoice), f"draft-{invoice.pk}")
    except PdfTrouble:
        messages.error(request, _("The PDF cannot be made at the moment. Please try again later."))
        return redirect("invoices:edit", request.client.slug, pk)


@writers
@require_POST
def issue(request, pk):
    """The number, and from then on nobody changes it."""
    invoice = _draft(request, pk)
    try:
        invoice = issuing.issue(invoice, by=request.member)
    except issuing.NotReady as error:
        for words in error.words:
            messages.error(request, words)
        return redirect("invoices:edit", request.client.slug, pk)
    except WorkChanged as error:
        words = _("%(count)d entries have changed since the draft. Take the work again, then look once more.")
        messages.error(request, words % {"count": error.count})
        return redirect("invoices:edit", request.client.slug, pk)
    messages.success(request, _("Issued as %(number)s.") % {"number": invoice.number})
    return redirect("invoices:detail", request.client.slug, pk)


@writers
@require_POST
def discard(request, pk):
    """Away with the draft."""
    drafting.discard(_draft(request, pk), by=request.member)
    messages.success(request, _("The draft is gone. It never had a number."))
    return redirect("invoices:index", request.client.slug)


@writers
@require_http_methods(["GET", "HEAD", "POST"])
@once
def credit(request, pk):
    """Take it back, whole or in part."""
    invoice = _issued(request, pk)
    lines = list(invoice.lines.order_by("position"))
    form = CreditForm(request.POST or None, lines=lines, left=lines_left(invoice))
    if request.method == "POST" and form.is_valid():
        try:
            words = {"reason": form.cleaned_data["reason"], "quantities": form.quantities()}
            note = crediting.credit(invoice, by=request.member, **words)
        except NothingLeft:
            form.add_error(None, _("So much is not left of this invoice."))
        except issuing.NotReady as error:
            form.add_error(None, error.words)
        else:
            messages.success(request, _("Issued as %(number)s.") % {"number": note.number})
            return redirect("invoices:detail", request.client.slug, note.pk)
    fields = [form[f"line-{line.pk}"] for line in form.lines]
    context = {"form": form, "invoice": invoice, "fields": fields}
    return render(request, "invoices/credit.html", context, status=422 if form.errors else 200)


def _usual(request) -> dict[str, Any]:
    """What a new draft begins with: the client's usual words, and the month that is over."""
    usual, today = defaults_of(request.client), issuing.today_of(request.agency)
    last = today.replace(day=1) - timedelta(days=1)
    known = {"currency": usual.currency, "language": usual.language, "terms_days": usual.terms_days}
    return {**known, "service_from": last.replace(day=1), "service_until": last}


def _client(request):
    request.client.agency = request.agency
    return request.client


def _get(request, pk) -> Invoice:
    rows = Invoice.objects.visible_to(request.member).of(_client(request)).select_related("corrects")
    invoice = get_object_or_404(rows, pk=pk)
    invoice.client = request.client
    if not invoice.can_be_managed_by(request.member):
        raise PermissionDenied
    return invoice


def _draft(request, pk) -> Invoice:
    """404 for what is no draft any more."""
    invoice = _get(request, pk)
    if not invoice.is_draft:
        raise Http404("no draft")
    return invoice


def _issued(request, pk) -> Invoice:
    invoice = _get(request, pk)
    if not page.may_be_credited(invoice):
        raise Http404("nothing to take back")
    return invoice

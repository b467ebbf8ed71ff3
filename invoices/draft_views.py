"""Writing invoices: a draft by hand, its editor, the preview, the issue, and the credit note that takes one back."""

from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from invoices import detail as page
from invoices.access import who_settles, writers
from invoices.actions import crediting, drafting, issuing
from invoices.behind import WorkChanged
from invoices.days import today_of
from invoices.defaults import billing_of, defaults_of, profile_of, usual_of
from invoices.editor import Editor, Sides, context_of
from invoices.forms import CreditForm, DraftForm
from invoices.left import NothingLeft, gross_left, lines_left
from invoices.models import Invoice, InvoiceLine, may_settle
from invoices.papers.document import pdf_of_invoice
from portal.accounts.decorators import chosen_before, first_of, recently_signed_in
from portal.core.formats import format_money
from portal.core.http import seen_in
from portal.core.pdf import PdfTrouble, pdf_response
from portal.tenancy.once import once


def _editor(request, pk) -> str:
    return reverse("invoices:edit", args=[request.client.slug, pk])


def _form_of_credit(request, pk) -> str:
    return reverse("invoices:credit", args=[request.client.slug, pk])


def of_draft(view):
    """Another click or tab was quicker: it is issued, it is gone, or a line of it is."""

    @wraps(view)
    def guarded(request, pk):
        try:
            with transaction.atomic():
                return view(request, pk)
        except drafting.AlreadyIssued:
            messages.info(request, _("It is issued already; from now on nobody changes it."))
            return redirect("invoices:detail", request.client.slug, pk)
        except (InvoiceLine.DoesNotExist, drafting.DraftChanged):
            messages.warning(request, _("Somebody else has changed this draft. Look at it once more."))
            return redirect("invoices:edit", request.client.slug, pk)
        except Invoice.DoesNotExist as error:
            raise Http404("no draft") from error

    return guarded


@writers
@require_http_methods(["GET", "HEAD", "POST"])
@once
def create(request):
    """A draft by hand: the words first, its lines in the editor."""
    client = _client(request)
    if not may_settle(request.member, client):
        raise PermissionDenied
    form = DraftForm(request.POST or None, initial=_usual(request))
    if request.method == "POST" and form.is_valid():
        invoice = drafting.draft(client, by=request.member, **form.cleaned_data)
        return redirect("invoices:edit", client.slug, invoice.pk)
    context = {"form": form, "books": client.agency.currency}
    return render(request, "invoices/form.html", context, status=422 if form.errors else 200)


@writers
@require_http_methods(["GET", "HEAD", "POST"])
@of_draft
def edit(request, pk):
    """Words and lines, in one form."""
    invoice, today = _draft(request, pk), today_of(request.agency)
    sides = Sides.of(request.client, today.year)
    usual = usual_of(request.client, sides.profile, sides.billing)
    editor = Editor(request.POST or None, invoice=invoice, usual=usual)
    if request.method == "POST" and editor.is_valid():
        editor.save(by=request.member)
        messages.success(request, _("Saved"))
        return redirect("invoices:edit", request.client.slug, pk)
    context = {"editor": editor, **context_of(editor, sides, request.member, today)}
    return render(request, "invoices/edit.html", context, status=422 if editor.has_errors else 200)


@writers
@require_safe
@of_draft
def preview(request, pk):
    """The PDF as it would be, marked as a draft."""
    invoice = _draft(request, pk)
    issuing.put_sides(invoice, profile_of(invoice.agency_id), billing_of(request.client))
    try:
        return pdf_response(pdf_of_invoice(invoice), f"draft-{invoice.pk}")
    except PdfTrouble:
        messages.error(request, _("The PDF cannot be made at the moment. Please try again later."))
        return redirect("invoices:edit", request.client.slug, pk)


@writers
@require_POST
@who_settles
@recently_signed_in(back=_editor)
@of_draft
def issue(request, pk):
    """The number, and from then on nobody changes it."""
    invoice = _draft(request, pk)
    try:
        invoice = issuing.issue(invoice, by=request.member, seen=seen_in(request))
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
@of_draft
def discard(request, pk):
    """Away with the draft."""
    drafting.discard(_draft(request, pk), by=request.member)
    messages.success(request, _("The draft is gone. It never had a number."))
    return redirect("invoices:index", request.client.slug)


@writers
@require_http_methods(["GET", "HEAD", "POST"])
@who_settles
@recently_signed_in(back=_form_of_credit, keep=True)
@once
def credit(request, pk):
    """Take it back, whole or in part."""
    invoice, chosen = _issued(request, pk), first_of(chosen_before(request))
    lines = list(invoice.lines.order_by("position"))
    form = CreditForm(request.POST or None, initial=chosen, lines=lines, left=lines_left(invoice))
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
    context["left"] = format_money(gross_left(invoice), invoice.currency)
    return render(request, "invoices/credit.html", context, status=422 if form.errors else 200)


def _usual(request) -> dict[str, Any]:
    """What a new draft begins with: the client's usual words, and the month that is over."""
    usual, today = defaults_of(request.client), today_of(request.agency)
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
    """Raises AlreadyIssued for what is no draft any more."""
    invoice = _get(request, pk)
    if not invoice.is_draft:
        raise drafting.AlreadyIssued
    return invoice


def _issued(request, pk) -> Invoice:
    invoice = _get(request, pk)
    if not page.may_be_credited(invoice):
        raise Http404("nothing to take back")
    return invoice

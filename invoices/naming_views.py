"""External ids, said after the issue: of an invoice, and of a payment."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from invoices import payment_views, views
from invoices.access import sums_of_client
from invoices.actions import naming
from invoices.forms import ExternalIdForm
from invoices.models import Invoice, Payment


@sums_of_client
@require_POST
def invoice(request, pk):
    """Of what was issued; a draft says it in its editor."""
    rows = Invoice.objects.visible_to(request.member).of(request.client).issued()
    row = get_object_or_404(rows.filter(issuer=None), pk=pk)
    return _named(request, row, lambda form: views.shown(request, pk, naming=form, status=422))


@sums_of_client
@require_POST
def payment(request, pk):
    """Of a payment to the agency."""
    rows = Payment.objects.visible_to(request.member).of(request.client)
    row = get_object_or_404(rows.filter(issuer=None), pk=pk)
    return _named(request, row, lambda form: payment_views.shown(request, pk, naming=form, status=422))


def _named(request, row: Invoice | Payment, again: Callable[[ExternalIdForm], HttpResponseBase]) -> HttpResponseBase:
    """Back to its page, where the name stands; or that page with what was typed and what is wrong with it."""
    if not row.can_be_managed_by(request.member):
        raise PermissionDenied
    form = ExternalIdForm(request.POST)
    try:
        if form.is_valid():
            naming.name(row, form.cleaned_data["external_id"], by=request.member)
            messages.success(request, _("Saved"))
            page = "invoices:detail" if isinstance(row, Invoice) else "settling:payment"
            return redirect(page, request.client.slug, row.pk)
    except naming.Taken:
        form.add_error("external_id", _("Another one has this id already."))
    return again(form)

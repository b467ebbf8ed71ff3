"""External ids, said after the issue: of an invoice, and of a payment."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from invoices.access import sums_of_client
from invoices.actions import naming
from invoices.forms import ExternalIdForm
from invoices.models import Invoice, Payment


@sums_of_client
@require_POST
def invoice(request, pk):
    """Of what was issued; a draft says it in its editor."""
    rows = Invoice.objects.visible_to(request.member).of(request.client).issued()
    _named(request, get_object_or_404(rows.filter(issuer=None), pk=pk))
    return redirect("invoices:detail", request.client.slug, pk)


@sums_of_client
@require_POST
def payment(request, pk):
    """Of a payment to the agency."""
    rows = Payment.objects.visible_to(request.member).of(request.client)
    _named(request, get_object_or_404(rows.filter(issuer=None), pk=pk))
    return redirect("settling:payment", request.client.slug, pk)


def _named(request, row: Invoice | Payment) -> None:
    form = ExternalIdForm(request.POST)
    try:
        if form.is_valid():
            naming.name(row, form.cleaned_data["external_id"], by=request.member)
            messages.success(request, _("Saved"))
        else:
            messages.warning(request, str(form.errors["external_id"][0]))
    except naming.Taken:
        messages.warning(request, _("Another one has this id already."))

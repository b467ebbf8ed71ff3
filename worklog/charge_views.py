"""From work to an invoice: the draft of a period, its lines taken again, the prices of an hour."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from invoices.access import accountants, writers
from invoices.actions.drafting import AlreadyIssued
from invoices.defaults import defaults_of
from invoices.models import Invoice, LineSource, may_settle
from portal.core.formats import format_date, format_money
from portal.tenancy.once import once
from worklog.actions import invoicing, rating
from worklog.charge_forms import ChargeForm, GroupForm, RateForm
from worklog.models import WorkRate


@writers
@require_http_methods(["GET", "HEAD", "POST"])
@once
def charge(request):
    """A draft with all billable work of a period."""
    client, member = request.client, request.member
    client.agency = request.agency
    if not may_settle(member, client):
        raise PermissionDenied
    form = ChargeForm(request.POST or None, language=defaults_of(client).language)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            words = {name: data[name] for name in ("group", "title", "with_retainer")}
            invoice = invoicing.draft(client, data["first"], data["last"], by=member, **words)
        except invoicing.NothingToCharge:
            form.add_error(None, _("No billable work of this period is free to be charged."))
        else:
            _tell_of_rest(request, invoice)
            return redirect("invoices:edit", client.slug, invoice.pk)
    return render(request, "worklog/charge.html", {"form": form}, status=422 if form.errors else 200)


@writers
@require_POST
def recharge(request, pk):
    """The draft's lines from work, made anew."""
    request.client.agency = request.agency
    invoice = get_object_or_404(Invoice.objects.visible_to(request.member).of(request.client).drafts(), pk=pk)
    form = GroupForm(request.POST)
    if form.is_valid():
        try:
            invoice = invoicing.renew(invoice, by=request.member, **form.cleaned_data)
        except AlreadyIssued as error:
            raise Http404("no draft") from error
        messages.success(request, _("Taken again, as the work is now."))
        _tell_of_rest(request, invoice)
    return redirect("invoices:edit", request.client.slug, pk)


@accountants
@require_http_methods(["GET", "HEAD", "POST"])
def rates(request):
    """What an hour costs: for all, or closer."""
    if not rating.may_rate(request.member):
        raise PermissionDenied
    form = RateForm(request.POST or None, member=request.member)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        rating.rate(data.pop("amount"), data.pop("currency"), by=request.member, **data)
        messages.success(request, _("Saved"))
        return redirect("my_work:rates")
    rows = WorkRate.objects.visible_to(request.member).with_names().order_by("-valid_from", "-pk")
    context = {"form": form, "rates": [_said(row) for row in rows[:300]]}
    return render(request, "worklog/rates.html", context, status=422 if form.errors else 200)


@accountants
@require_POST
def withdraw(request, pk):
    """It holds no more."""
    rating.withdraw(get_object_or_404(WorkRate.objects.visible_to(request.member), pk=pk), by=request.member)
    messages.success(request, _("Removed."))
    return redirect("my_work:rates")


def _said(row: WorkRate) -> dict:
    about = [str(part) for part in (row.project and row.client, row.project or row.client, row.kind, row.role) if part]
    return {
        "pk": row.pk,
        "about": " · ".join(about) or _("All work"),
        "amount": format_money(row.amount, row.currency),
        "since": format_date(row.valid_from),
    }


def _tell_of_rest(request, invoice: Invoice) -> None:
    """What stays out, and which lines have no price yet."""
    left = invoicing.left_out(invoice, reader=request.member)
    if left.asked:
        words = ", ".join(f"{entry.text} ({format_date(entry.spent_on, style='short')})" for entry in left.asked[:5])
        messages.warning(request, _("Waits for an answer and stays out: %(entries)s") % {"entries": words})
    if left.hidden:
        words = _("%(count)d entries stay out: the client does not see them yet, or they wait for approval.")
        messages.warning(request, words % {"count": len(left.hidden)})
    if invoice.lines.filter(source=LineSource.WORK, unit_price=0).exists():
        messages.warning(
            request, _("For some lines there is no price of an hour yet. Type it, or set it in the settings.")
        )

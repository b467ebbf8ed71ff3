"""Invoices of all clients, the agency's tax profile, a client's billing data: for staff who see sums."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from invoices.access import accountants, writers
from invoices.actions import sides
from invoices.coming import drafts_to_come
from invoices.days import today_of
from invoices.defaults import billing_of, profile_of
from invoices.listing import View, page_of, years_of
from invoices.models import Invoice, may_settle
from invoices.showing import figures_of, rows_of, with_marks
from invoices.sides_forms import BillingForm, TaxProfileForm
from invoices.unused import unused_of
from portal.core.paging import next_of
from portal.tenancy.models import Client

MOST_CLIENTS = 500


@accountants
@require_safe
def index(request):
    """What is open, overdue, paid and in the making, over all clients."""
    today = today_of(request.agency)
    view = View.read(request.GET, today)
    rows = view.of_client(Invoice.objects.visible_to(request.member))
    listed = with_marks(view.narrow(rows), request.member).select_related("client")
    found = page_of(listed, view, request.GET.get("after", ""))
    context = {"rows": rows_of(found.rows, today), "more": next_of(request, found), "view": view}
    if request.htmx and request.GET.get("after"):
        return render(request, "invoices/_rows.html", context)
    context |= {"figures": figures_of(rows, today, view.year or today.year), "years": years_of(rows)}
    clients = _clients(request)
    context |= {"states": view.states(with_drafts=True), "clients": clients}
    writable = [row for row in clients if not row.archived_at] if request.member.can("write") else []
    context |= drafts_to_come(request.member, writable, today)
    context["unused"] = unused_of(request.member, view.client)
    return render(request, "invoices/desk.html", context)


@accountants
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request):
    """The agency's own data on invoices."""
    if not sides.may_keep_profile(request.member):
        raise PermissionDenied
    form = TaxProfileForm(request.POST or None, row=profile_of(request.agency.pk))
    if request.method == "POST" and form.is_valid():
        sides.keep_profile(by=request.member, **form.cleaned_data)
        messages.success(request, _("Saved"))
        return redirect("invoice_desk:settings")
    return render(request, "invoices/settings.html", {"form": form}, status=422 if form.errors else 200)


@writers
@require_http_methods(["GET", "HEAD", "POST"])
def billing(request):
    """How this client gets its invoices."""
    request.client.agency = request.agency
    if not may_settle(request.member, request.client):
        raise PermissionDenied
    form = BillingForm(request.POST or None, row=billing_of(request.client))
    if request.method == "POST" and form.is_valid():
        sides.keep_billing(request.client, by=request.member, **form.cleaned_data)
        messages.success(request, _("Saved"))
        return redirect("invoices:index", request.client.slug)
    return render(request, "invoices/billing.html", {"form": form}, status=422 if form.errors else 200)


def _clients(request) -> list[Client]:
    """Whose invoices can be looked at."""
    return list(Client.objects.visible_to(request.member).order_by("name")[:MOST_CLIENTS])

"""Overdue invoices and their reminders: sent by hand, or by rules."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from invoices import reminder_page
from invoices.access import accountants, sums_of_client
from invoices.actions import reminding
from invoices.actions.printing import hurry
from invoices.actions.reminding import NothingToRemind
from invoices.models import Invoice
from invoices.reminder_forms import RulesForm

TIERS = {"1", "2", "3"}


@accountants
@require_safe
def index(request):
    """What is overdue, and what comes next for each."""
    return render(request, "invoices/reminders/index.html", reminder_page.context_of(request.member, request.agency))


@accountants
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request):
    """Days, fees and texts."""
    if not reminding.may_rule(request.member):
        raise PermissionDenied
    form = RulesForm(request.POST or None, agency=request.agency)
    if form.is_valid():
        automatic = form.cleaned_data["automatic"]
        reminding.set_rules(request.agency, form.rules, by=request.member, automatic=automatic)
        messages.success(request, _("Saved"))
        return redirect("reminders:index")
    return render(request, "invoices/reminders/rules.html", {"form": form}, status=422 if form.errors else 200)


@sums_of_client
@require_POST
def remind(request, pk):
    """The next tier, now, if it is the one that the page showed. Back to that page: the list, or the invoice (here)."""
    rows = Invoice.objects.visible_to(request.member).of(request.client).issued()
    invoice, tier = get_object_or_404(rows, pk=pk), request.POST.get("tier", "")
    try:
        reminder = reminding.remind(invoice, by=request.member, tier=int(tier) if tier in TIERS else 0)
        messages.success(request, _("Reminder %(tier)d was sent.") % {"tier": reminder.tier})
    except NothingToRemind as trouble:
        hurry(invoice.documents.filter(file=None) if trouble.code == "paper" else ())
        messages.warning(request, reminder_page.trouble_words(trouble))
    if "here" in request.POST:
        return redirect("invoices:detail", request.client.slug, pk)
    return redirect("reminders:index")

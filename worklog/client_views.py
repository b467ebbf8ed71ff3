"""Between the client and the agency: questions about entries and their answers, and the budget of the month."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.access import area, staff_only
from portal.tenancy.models import Client, Member
from portal.tenancy.once import once
from worklog.actions import explaining
from worklog.actions.budgeting import Unseen, agree
from worklog.client_forms import BudgetForm, TextForm
from worklog.filtering import View
from worklog.models import Explanation, WorkBudget, WorkEntry, can_be_managed_by
from worklog.month_page import budget_lines


@area("work")
@require_POST
@once
def ask(request, pk):
    """Please explain."""
    row, form = _get(request, pk), TextForm(request.POST)
    if form.is_valid():
        done = _("Asked. It is not invoiced before you have an answer.")
        _post(request, partial(explaining.ask, row, form.cleaned_data["text"]), done)
    else:
        messages.warning(request, _("Please write what you would like to know."))
    return _back(request, pk)


@area("work")
@require_POST
@once
def answer(request, pk):
    """Say why."""
    found, form = _explanation(request, pk), TextForm(request.POST)
    if form.is_valid():
        done = _("Answered. The client can release the entry now.")
        _post(request, partial(explaining.answer, found, form.cleaned_data["text"]), done)
    else:
        messages.warning(request, _("Please write an answer."))
    return _back(request, pk)


@area("work")
@require_POST
def release(request, pk):
    """The client is content."""
    try:
        explaining.release(_explanation(request, pk), by=request.member, seen=request.POST.get("seen", ""))
        messages.success(request, _("Thank you. The entry may be invoiced."))
    except explaining.Outdated:
        messages.warning(request, _("This entry was changed while you were reading. Please look at it once more."))
    return _back(request, pk)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def budget(request):
    """Hours a month that are agreed with the client."""
    member, client = request.member, request.client
    client.agency = request.agency
    if not can_be_managed_by(member, client):
        raise PermissionDenied
    view = View.read(request.GET)
    budgets = WorkBudget.objects.visible_to(member).of(client).select_related("project", "set_by__user")
    holding = budgets.in_force(view.month.first).filter(project=None).first()
    form = BudgetForm(request.POST or None, client=client, member=member, month=view.month, holding=holding)
    if form.is_valid() and _agreed(form, client, member):
        messages.success(request, _("Saved"))
        return redirect(f"{reverse('worklog:index', args=[client.slug])}?month={form.cleaned_data['month'].key}")
    context = {"form": form, "lines": budget_lines(budgets.order_by("-month", "project_id"), client)}
    return render(request, "worklog/budget.html", context, status=422 if form.errors else 200)


def _agreed(form: BudgetForm, client: Client, member: Member) -> bool:
    """False, and the words at the field, when somebody who sees sums has to do it."""
    data = form.cleaned_data
    try:
        agree(client, data["month"].first, data["hours"], by=member, project=data["project"], amount=data["amount"])
    except Unseen:
        form.add_error("month", _("From this month on something was agreed that only who sees sums can change."))
    return not form.errors


def _get(request, pk) -> WorkEntry:
    rows = WorkEntry.objects.visible_to(request.member).of(request.client)
    row = get_object_or_404(rows, pk=pk)
    request.client.agency = request.agency
    row.client = request.client
    return row


def _post(request, say, done: str) -> None:
    try:
        with transaction.atomic():
            say(by=request.member)
        messages.success(request, done)
    except explaining.TooMany:
        messages.warning(request, _("That is a lot of messages. Please call each other, or write again in an hour."))


def _explanation(request, pk) -> Explanation:
    rows = Explanation.objects.visible_to(request.member)
    return get_object_or_404(rows, entry=_get(request, pk))


def _back(request, pk):
    return redirect(f"{reverse('worklog:entry', args=[request.client.slug, pk])}#explain")

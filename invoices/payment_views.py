"""Payments by hand: recorded, looked at, used, sent back, reversed; and what is not asked for, or asked for again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from invoices import payment_page
from invoices.access import sums_of_client, who_settles
from invoices.actions import crediting, paying
from invoices.actions.paying import NotFitting, rest_of
from invoices.actions.settling import TooMuch
from invoices.bank_forms import ids_in
from invoices.forms import ExternalIdForm
from invoices.models import Invoice, Kind, Payment, Waiver, may_settle
from invoices.payment_forms import PaymentForm, ReasonForm, ReturnForm, UseForm, WaiverForm
from portal.accounts.decorators import chosen_before, first_of, recently_signed_in
from portal.tenancy.once import once


def _page_of(request, pk) -> str:
    return reverse("settling:payment", args=[request.client.slug, pk])


def _invoice_of(request, pk) -> str:
    return reverse("invoices:detail", args=[request.client.slug, pk])


def _invoice_of_waiver(request, pk) -> str:
    return _invoice_of(request, _waiver(request, pk).invoice_id)


@sums_of_client
@require_http_methods(["GET", "HEAD", "POST"])
@once
def create(request):
    """A payment by hand. ?invoice=: the one that it is probably for."""
    client = request.client
    if not may_settle(request.member, client):
        raise PermissionDenied
    initial = payment_page.initial_of(_open(request), request.GET.get("invoice", ""))
    form = PaymentForm(request.POST or None, client=client, invoices=_open(request), initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        sums = {"amount": data["amount"], "currency": data["currency"], "paid_on": data["paid_on"]}
        try:
            with transaction.atomic():
                payment = paying.receive(client, form.shares, by=request.member, **sums, **form.words)
            messages.success(request, _("Payment recorded"))
            return redirect("settling:payment", client.slug, payment.pk)
        except (TooMuch, NotFitting):
            form.add_error(None, _("Somebody was faster: less is open now. Look at the sums again."))
    return render(request, "invoices/payments/new.html", {"form": form}, status=422 if form.errors else 200)


@sums_of_client
@require_safe
def detail(request, pk):
    """What came, what it is for, and what is left."""
    return shown(request, pk)


def shown(request, pk, *, naming: ExternalIdForm | None = None, status: int = 200):
    """The page of a payment. naming: its external id as it was typed, when something is wrong with that."""
    payment = _get(request, pk)
    context = payment_page.context_of(request.member, payment) | {"naming": naming or ExternalIdForm.of(payment)}
    if context["may_manage"]:
        chosen = first_of(chosen_before(request))
        back = ReturnForm(initial=payment_page.back_of(payment) | chosen, agency=request.agency)
        context |= {"chosen": chosen, "reversal": ReasonForm(initial=chosen), "back": back}
        invoices = _open(request).filter(currency=payment.currency)
        context["use"] = UseForm(payment=payment, rest=rest_of(payment), invoices=invoices)
    return render(request, "invoices/payments/detail.html", context, status=status)


@sums_of_client
@require_POST
@once
def use(request, pk):
    """What is left of it, for other invoices."""
    payment = _get(request, pk)
    invoices = _open(request).filter(currency=payment.currency)
    form = UseForm(request.POST, payment=payment, rest=rest_of(payment), invoices=invoices)
    return _done(request, payment, form, lambda: paying.allocate(payment, form.shares, by=request.member))


@sums_of_client
@require_POST
@who_settles
@recently_signed_in(back=_page_of, keep=True)
@once
def pay_back(request, pk):
    """What is left of it was sent back."""
    payment, form = _get(request, pk), ReturnForm(request.POST, agency=request.agency)
    return _done(request, payment, form, lambda: paying.pay_back(payment, by=request.member, **form.cleaned_data))


@sums_of_client
@require_POST
@who_settles
@recently_signed_in(back=_page_of, keep=True)
def reverse_it(request, pk):
    """It was wrong, or bounced."""
    payment, form = _get(request, pk), ReasonForm(request.POST)
    return _done(request, payment, form, lambda: paying.reverse(payment, by=request.member, **form.cleaned_data))


@sums_of_client
@require_POST
@once
def waive(request, pk):
    """What is missing of an invoice is not asked for any more, whether a discount, a fee of the bank, or lost."""
    invoice, form = get_object_or_404(_open(request), pk=pk), WaiverForm(request.POST)
    if not may_settle(request.member, request.client):
        raise PermissionDenied
    try:
        if form.is_valid():
            with transaction.atomic():
                paying.waive(invoice, by=request.member, **form.cleaned_data)
            messages.success(request, _("The rest is not asked for any more."))
        else:
            messages.warning(request, _("Please give the amount and the reason."))
    except TooMuch:
        messages.warning(request, _("That is more than is open."))
    return redirect("invoices:detail", request.client.slug, pk)


@sums_of_client
@require_POST
@who_settles
@recently_signed_in(back=_invoice_of_waiver, keep=True)
def claim(request, pk):
    """What was waived is asked for again."""
    waiver, form = _waiver(request, pk), ReasonForm(request.POST)
    try:
        if form.is_valid():
            with transaction.atomic():
                paying.claim(waiver, by=request.member, **form.cleaned_data)
            messages.success(request, _("It is asked for again."))
        else:
            messages.warning(request, _("Please give the reason."))
    except NotFitting:
        messages.warning(request, _("It is asked for again already."))
    return redirect("invoices:detail", request.client.slug, waiver.invoice_id)


@sums_of_client
@require_POST
@who_settles
@recently_signed_in(back=_invoice_of, keep=True)
@once
def pay_out(request, pk):
    """What a credit note leaves was sent back."""
    credit, form = _credit(request, pk), ReturnForm(request.POST, agency=request.agency)
    try:
        if form.is_valid():
            with transaction.atomic():
                paying.pay_out(credit, by=request.member, **form.cleaned_data)
            messages.success(request, _("Saved"))
        else:
            messages.warning(request, str(next(iter(form.errors.values()))[0]))
    except TooMuch:
        messages.warning(request, _("That is more than is left of what was paid."))
    return redirect("invoices:detail", request.client.slug, pk)


@sums_of_client
@require_POST
def set_off(request, pk):
    """What a credit note leaves is set off against another open invoice."""
    if not may_settle(request.member, request.client):
        raise PermissionDenied
    credit, chosen = _credit(request, pk), request.POST.get("invoice", "")
    invoice = get_object_or_404(_open(request), pk__in=ids_in([chosen]))
    try:
        with transaction.atomic():
            crediting.use(credit, invoice, by=request.member)
        messages.success(request, _("Set off against %(number)s.") % {"number": invoice.number})
    except (TooMuch, NotFitting):
        messages.warning(request, _("Nothing of it can be set off against this invoice."))
    return redirect("invoices:detail", request.client.slug, pk)


def _credit(request, pk) -> Invoice:
    rows = Invoice.objects.visible_to(request.member).of(request.client).issued().filter(kind=Kind.CREDIT, issuer=None)
    return get_object_or_404(rows, pk=pk)


def _waiver(request, pk) -> Waiver:
    rows = Waiver.objects.visible_to(request.member).filter(invoice__client=request.client, invoice__issuer=None)
    return get_object_or_404(rows, pk=pk)


def _done(request, payment: Payment, form, act):
    """Carry it out and go back to the payment, with what was wrong in words."""
    if not payment.can_be_managed_by(request.member):
        raise PermissionDenied
    try:
        if form.is_valid():
            with transaction.atomic():
                act()
            messages.success(request, _("Saved"))
        else:
            messages.warning(request, next(iter(form.errors.values()))[0])
    except TooMuch:
        messages.warning(request, _("That is more than is left."))
    except NotFitting:
        messages.warning(request, _("That cannot be done: it was reversed, or part of it was paid back."))
    return redirect("settling:payment", request.client.slug, payment.pk)


def _open(request):
    """The agency's invoices that this client still has to pay, the oldest first."""
    rows = Invoice.objects.visible_to(request.member).of(request.client).unsettled()
    return rows.filter(issuer=None).order_by("due_on", "pk")


def _get(request, pk) -> Payment:
    rows = Payment.objects.visible_to(request.member).of(request.client).filter(issuer=None)
    payment = get_object_or_404(rows.select_related("recorded_by__user", "reversed_by__user", "line"), pk=pk)
    request.client.agency = request.agency
    payment.client = request.client
    return payment

"""Bank files: bring one in, look at what its lines may be for, confirm."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from invoices import bank_page
from invoices.access import accountants
from invoices.actions import banking
from invoices.actions.paying import NotFitting
from invoices.actions.settling import TooMuch
from invoices.bank_forms import BankFileForm, amount_in, ids_in, numbers_in
from invoices.bank_matching import proposals_of, waiting_in
from invoices.banking.lines import StatementTrouble
from invoices.models import BankContent, BankFile, BankLine, Invoice
from portal.audit.log import log as audit_log
from portal.core.paging import next_of, page_of

MEDIA_TYPES = {"camt053": "application/xml", "mt940": "text/plain"}
TROUBLES = (NotFitting, TooMuch, IntegrityError)


@accountants
@require_http_methods(["GET", "HEAD", "POST"])
def index(request):
    """All files so far, and a form for the next one."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = BankFileForm(*sent)
    if form.is_valid():
        try:
            brought = banking.bring_in(form.cleaned_data["file"].name, form.content, by=request.member)
            messages.success(request, bank_page.brought_words(brought))
            return redirect("bank:file", brought.file.pk)
        except banking.KnownFile as known:
            messages.warning(request, _("This file was brought in before. Here it is."))
            return redirect("bank:file", known.file.pk)
        except StatementTrouble as trouble:
            form.add_error("file", bank_page.trouble_words(trouble))
    page = page_of(BankFile.objects.visible_to(request.member), request.GET.get("after", ""), by="imported_at")
    context = {
        "form": form,
        "may_bring": banking.may_bank(request.member),
        "rows": bank_page.file_rows(page.rows),
        "next": next_of(request, page),
    }
    return render(request, "invoices/bank/index.html", context, status=422 if form.errors else 200)


@accountants
@require_safe
def file(request, pk):
    """Its lines: to look at, certain, booked, put aside, outgoing."""
    row = get_object_or_404(_files(request).with_counts(), pk=pk)
    return render(request, "invoices/bank/file.html", bank_page.context_of(request.member, row))


@accountants
@require_safe
def content(request, pk):
    """The file as the bank made it, byte for byte; 404 once its time is over."""
    row = _file(request, pk)
    kept = get_object_or_404(BankContent.objects.visible_to(request.member), file=row)
    audit_log("bank_file.downloaded", {"file": row.pk, "name": row.name}, agency_id=row.agency_id)
    response = HttpResponse(bytes(kept.content), content_type=MEDIA_TYPES[row.form])
    response["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    return response


@accountants
@require_POST
def book(request, pk):
    """One line, for the invoices of the suggestion or for those whose numbers were typed."""
    line = _line(request, pk)
    found = Invoice.objects.visible_to(request.member).unsettled()
    chosen, numbers = ids_in(request.POST.getlist("invoices")), numbers_in(request.POST.get("numbers", ""))
    rows = found.filter(number__in=numbers) if numbers else found.filter(pk__in=chosen)
    try:
        with transaction.atomic():
            forgo = amount_in(request.POST["forgo"]) if "forgo" in request.POST else None
            said: dict[str, Any] = {"reason": _("Discount, or a fee of the bank"), "whole": "whole" in request.POST}
            banking.book(line, list(rows[:50]), by=request.member, forgo=forgo, **said)
        messages.success(request, _("Booked"))
    except banking.Unpriced:
        messages.warning(request, _("Nothing was booked: the invoice keeps no exchange rate. Say it under Other."))
    except TROUBLES:
        words = _("Nothing was booked: no open invoice of one client fits, or it was booked before.")
        messages.warning(request, words)
    return redirect("bank:file", line.file_id)


@accountants
@require_POST
def book_certain(request, pk):
    """Those certain lines that are ticked; each is judged again, and only booked for the invoice that was shown."""
    row = _file(request, pk)
    wanted = set(request.POST.getlist("lines"))
    lines = waiting_in(request.member, row).filter(pk__in=ids_in(choice.partition(":")[0] for choice in wanted))
    found = [one for one in proposals_of(request.member, lines[: bank_page.MOST_JUDGED]) if one.is_certain]
    booked = 0
    for one in found:
        if bank_page.choice_of(one) in wanted:
            booked += _booked(request, one)
    words = ngettext("%(count)d payment was booked.", "%(count)d payments were booked.", booked)
    messages.success(request, words % {"count": booked})
    return redirect("bank:file", row.pk)


@accountants
@require_POST
def put_aside(request, pk):
    """It is for no invoice; or it is looked at again."""
    line = _line(request, pk)
    act = banking.take_up if "again" in request.POST else banking.put_aside
    try:
        act(line, by=request.member)
    except NotFitting:
        messages.warning(request, _("It is booked already."))
    return redirect("bank:file", line.file_id)


def _booked(request, one) -> bool:
    rows = Invoice.objects.visible_to(request.member).filter(pk__in=one.first.keys)
    try:
        with transaction.atomic():
            banking.book(one.line, list(rows), by=request.member)
    except TROUBLES:
        return False
    return True


def _files(request):
    return BankFile.objects.visible_to(request.member).with_kept()


def _file(request, pk) -> BankFile:
    return get_object_or_404(_files(request), pk=pk)


def _line(request, pk) -> BankLine:
    return get_object_or_404(BankLine.objects.visible_to(request.member), pk=pk)

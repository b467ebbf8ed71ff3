"""Bank files in words, line by line."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices.actions.banking import Brought, may_bank
from invoices.bank_matching import Proposal, day_of, proposals_of, waiting_in
from invoices.banking.lines import StatementTrouble
from invoices.banking.matching import DISCOUNT, Suggestion
from invoices.models import Allocation, BankFile, BankLine, Payment
from invoices.showing import summed
from portal.core.formats import format_date, format_money
from portal.tenancy.models import Member

MOST_SHOWN = 200
MOST_JUDGED = 200
"""Waiting lines of a file on one page; the next ones come when these are done."""
FOUR_PLACES = Decimal("0.0001")


def context_of(member: Member, file: Any) -> dict[str, Any]:
    """file: with its counts. Six queries."""
    waiting = waiting_in(member, file)
    found = proposals_of(member, waiting[:MOST_JUDGED])
    certain = [one for one in found if one.is_certain]
    others = [one for one in found if not one.is_certain]
    lines = BankLine.objects.visible_to(member).filter(file=file)
    return {
        "file": file,
        "may_book": may_bank(member),
        "lede": _lede(file),
        "certain": [certain_row(one) for one in certain],
        "certain_sum": summed((one.line.amount, one.line.currency) for one in certain),
        "others": [other_row(one) for one in others],
        "left_out": waiting.count() - len(found) if len(found) == MOST_JUDGED else 0,
        "probable": sum(bool(one.suggestions) for one in others),
        "unknown": sum(not one.suggestions for one in others),
        "booked": booked_rows(member, file),
        "aside": [line_of(row) for row in lines.filter(put_aside_at__isnull=False).order_by("position")[:MOST_SHOWN]],
        "outgoing": file.outgoing,
    }


def _lede(file: Any) -> str:
    lines = ngettext("%(count)d line", "%(count)d lines", file.count) % {"count": file.count}
    words = _("%(name)s, %(lines)s, %(incoming)d of them incoming. Nothing is booked until you confirm it.")
    return words % {"name": file.name, "lines": lines, "incoming": file.incoming}


def line_of(line: BankLine) -> dict[str, Any]:
    """The left side: what the bank says."""
    money = format_money(line.amount, line.currency)
    return {"pk": line.pk, "name": line.name or _("No name"), "text": line.text, "day": day_of(line), "amount": money}


def certain_row(one: Proposal) -> dict[str, Any]:
    return line_of(one.line) | {"choice": choice_of(one), **_right(one, one.suggestions[0])}


def choice_of(one: Proposal) -> str:
    """What a tick means: this line for this invoice."""
    return f"{one.line.pk}:{one.first.keys[0]}" if one.first else ""


def other_row(one: Proposal) -> dict[str, Any]:
    rows = [_right(one, suggestion) for suggestion in one.suggestions]
    first = rows[0] if rows else None
    return line_of(one.line) | {"first": first, "more": rows[1:]}


def _right(one: Proposal, suggestion: Suggestion) -> dict[str, Any]:
    """The right side: what it may be for, and why."""
    numbers = [invoice.number for invoice in suggestion.invoices]
    left, whole = suggestion.left, sum((invoice.amount for invoice in suggestion.invoices), Decimal(0))
    money = format_money(abs(left), suggestion.invoices[0].currency) if left else ""
    reasons = [str(reason) for reason in suggestion.reasons]
    if left:
        reasons.append((_("%(sum)s too little") if left > 0 else _("%(sum)s too much")) % {"sum": money})
    tone, word = _verdict(one, suggestion, left)
    return {
        "keys": suggestion.keys,
        "numbers": _(" and ").join(numbers),
        "client": suggestion.invoices[0].names[0],
        "open": " + ".join(format_money(invoice.amount, invoice.currency) for invoice in suggestion.invoices),
        "reasons": reasons,
        "tone": tone,
        "word": word,
        "missing": money if left and left > 0 else "",
        "forgo": f"{left:.2f}" if left and 0 < left <= whole * DISCOUNT else "",
        "rate": _rate(one, suggestion) if left is None else "",
        "is_known": left is not None,
        "several": len(suggestion.invoices) > 1,
    }


def _rate(one: Proposal, suggestion: Suggestion) -> str:
    """What would be the rate if the line paid the invoice whole; "" when it is not in the currency of the books."""
    invoice = suggestion.invoices[0]
    if one.line.currency != invoice.books:
        return ""
    rate = (one.line.amount / invoice.amount).quantize(FOUR_PLACES)
    return f"1 {invoice.currency} = {rate.normalize():f} {invoice.books}"


def _verdict(one: Proposal, suggestion: Suggestion, left: Decimal | None) -> tuple[str, str]:
    if left is None:
        return "warn", _("Rate unknown")
    if one.is_certain and suggestion is one.first:
        return "ok", _("Certain")
    if left > 0:
        return "warn", _("Underpaid")
    return "warn", _("Overpaid") if left < 0 else _("Probable")


def booked_rows(member: Member, file: BankFile) -> list[dict[str, Any]]:
    """What was booked from this file, with its invoices: one query."""
    shares = Allocation.objects.filter(agency_id=OuterRef("agency_id"), payment=OuterRef("pk"))
    numbers = ArraySubquery(shares.order_by("invoice__number").values("invoice__number"))
    rows = Payment.objects.visible_to(member).standing().filter(line__file=file).select_related("client")
    payments: Any = rows.annotate(numbers=numbers).order_by("line__position")[:MOST_SHOWN]
    return [
        {
            "name": row.payer or row.client.name,
            "numbers": ", ".join(row.numbers),
            "amount": format_money(row.amount, row.currency),
            "url": reverse("settling:payment", args=[row.client.slug, row.pk]),
        }
        for row in payments
    ]


def file_rows(rows: Iterable[BankFile]) -> list[dict[str, Any]]:
    """The list of files; how much of each waits is one query for all of them."""
    rows = list(rows)
    waiting: dict[int, int] = {}
    for file_id in BankLine.objects.filter(file__in=rows).waiting().values_list("file_id", flat=True):
        waiting[file_id] = waiting.get(file_id, 0) + 1
    return [
        {
            "url": reverse("bank:file", args=[row.pk]),
            "name": row.name,
            "account": row.account,
            "form": row.get_form_display(),
            "day": format_date(row.imported_at),
            "waiting": waiting.get(row.pk, 0),
        }
        for row in rows
    ]


def brought_words(brought: Brought) -> str:
    words = ngettext("%(count)d new line.", "%(count)d new lines.", brought.new) % {"count": brought.new}
    if brought.known:
        known = ngettext(
            "%(count)d line was in an earlier file.", "%(count)d lines were in earlier files.", brought.known
        )
        words += " " + known % {"count": brought.known}
    return words


def trouble_words(trouble: StatementTrouble) -> str:
    return {
        "size": _("At most 5 MB. Ask the bank for a shorter period."),
        "lines": _("At most 5,000 lines at once. Ask the bank for a shorter period."),
        "amount": _("An amount in this file has more digits than an account can have."),
        "empty": _("There is no booked line in this file."),
    }.get(trouble.code, _("This is no CAMT.053 and no MT940 file. Ask your bank for one of these formats."))

"""One invoice as its page shows it: lines that open to the work behind them, sums, papers, what happened."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from invoices.actions.settling import usable_of
from invoices.detail_lines import lines_of
from invoices.models import Invoice, Origin, PaperKind, may_settle
from invoices.papers.document import books_of, grouped, sums_of
from invoices.papers.payment_code import payment_code
from invoices.payment_forms import ReasonForm, WaiverForm
from invoices.reminder_page import next_step, reminded
from invoices.showing import state_of
from invoices.whole import taxes_of
from portal.core.formats import format_date, format_datetime, format_money
from portal.tenancy.models import Client, Member

MOST_OFFERED = 100


def context_of(invoice: Invoice, member: Member, client: Client, today: date, chosen: dict[str, str]) -> dict[str, Any]:
    """invoice: as `whole` gave it. One query more for the lines, and those that `lines_of` names.

    chosen: what stood in one of its forms before a proof of identity was asked for.
    """
    state, tone = state_of(invoice, today)
    found: list[dict[str, Any]] = invoice.found_credits  # type: ignore[attr-defined]
    return {
        "invoice": invoice,
        "what": _("Credit note") if invoice.is_credit else _("Invoice"),
        "state": state,
        "tone": tone,
        "lines": lines_of(invoice, member, client),
        "sums": list(sums_of(invoice, taxes_of(invoice))),
        "total": format_money(invoice.gross, invoice.currency),
        "books": books_of(invoice),
        "open": format_money(invoice.open_amount, invoice.currency) if invoice.open_amount else "",
        "is_overdue": invoice.is_overdue(today),
        "papers": list(_papers(invoice, client)),
        "data": _data(invoice, client),
        "code": _code(invoice),
        "iban": grouped(invoice.seller.get("iban", "")),
        "notes": [(row["number"], reverse("invoices:detail", args=[client.slug, row["pk"]])) for row in found],
        "history": [(words, shown) for _at, words, shown in sorted(_history(invoice), key=lambda row: row[0])],
        "twin": _twin(invoice, member, client),
        "may_manage": invoice.can_be_managed_by(member),
        "may_credit": may_be_credited(invoice),
        **_settling(invoice, member, client, today, chosen),
    }


def _settling(invoice: Invoice, member: Member, client: Client, today: date, chosen: dict[str, str]) -> dict[str, Any]:
    """What was paid, and what can be done about the rest."""
    settles = may_settle(member, client) and invoice.issuer_id is None
    is_reminded = member.is_specialist and invoice.issuer_id is None and invoice.is_overdue(today)
    usable = usable_of(invoice) if invoice.is_credit and settles else 0
    return {
        "payments": [*_payments(invoice, client), *_waivers(invoice, chosen, settles=settles)],
        "may_settle": settles,
        "waiver": _waiver(invoice) if settles else None,
        "reminder": next_step(invoice, today) if is_reminded else {},
        "usable": usable,
        "payout": {"amount": str(usable), "on": today.isoformat()} | chosen,
        "set_off_with": _open_ones(invoice, member, client) if usable else [],
    }


def _twin(invoice: Invoice, member: Member, client: Client) -> Invoice | None:
    """Of a provider's invoice: the agency's own with the same number, spaces apart, so that nobody pays the one for the other."""
    if invoice.issuer_id is None:
        return None
    rows = Invoice.objects.visible_to(member).of(client).filter(issuer=None)
    return rows.filter(number__iexact="".join((invoice.number or "").split())).first()


def may_be_credited(invoice: Invoice) -> bool:
    """By a credit note made here: the lines of what was made elsewhere are not known."""
    is_ours = invoice.origin == Origin.PORTAL and not invoice.is_draft
    return is_ours and not invoice.is_credit and not invoice.cancelled_at


def _open_ones(invoice: Invoice, member: Member, client: Client) -> list[tuple[int, str]]:
    """What a credit note can be set off against: (id, in words)."""
    rows = Invoice.objects.visible_to(member).of(client).unsettled()
    rows = rows.filter(issuer=None, currency=invoice.currency).order_by("due_on", "pk")[:MOST_OFFERED]
    return [(row.pk, f"{row.number}, {format_money(row.open_amount, row.currency)}") for row in rows]


def _papers(invoice: Invoice, client: Client) -> Iterator[dict[str, Any]]:
    for row in invoice.found_papers:  # type: ignore[attr-defined]
        url = reverse("invoices:paper", args=[client.slug, invoice.pk, row["kind"]])
        sha256 = row["sha256"]
        hashed = f"{sha256[:4]} {sha256[4:8]} … {sha256[-4:]}" if sha256 else ""
        icon = "sheet" if row["kind"] == PaperKind.XRECHNUNG else "file"
        label = PaperKind(row["kind"]).label
        yield {"url": url, "label": label, "size": row["size"], "sha256": hashed, "icon": icon}


def _data(invoice: Invoice, client: Client) -> str:
    """Where the invoice is as data; "" for what was made elsewhere, and as long as the PDF that carries it is not made."""
    papers = invoice.found_papers  # type: ignore[attr-defined]
    is_made = any(row["kind"] == PaperKind.PDF and row["sha256"] for row in papers)
    is_here = invoice.origin == Origin.PORTAL and is_made
    return reverse("invoices:data", args=[client.slug, invoice.pk]) if is_here else ""


def _code(invoice: Invoice) -> SafeString:
    return mark_safe(payment_code(invoice, invoice.open_amount))  # noqa: S308, made of black squares


def _history(invoice: Any) -> Iterator[tuple[datetime, str, str]]:
    """(moment, what, when as said). Who read it is for the agency; contacts see their own marks."""
    begun = datetime.combine(invoice.issued_on, time.min, timezone.get_current_timezone())
    yield min(begun, invoice.issued_at), _("Issued"), format_date(invoice.issued_on)
    for row in invoice.found_reads:
        yield _at(_("Read by %(name)s") % row, row["read"])
        if row["downloaded"]:
            yield _at(_("Downloaded by %(name)s") % row, row["downloaded"])
    for row in invoice.found_credits:
        amount = format_money(Decimal(row["gross"]), invoice.currency)
        yield _at(_("Credit note %(number)s of %(amount)s") % {**row, "amount": amount}, row["at"])
    for row in invoice.found_waivers:
        said = row | {"amount": format_money(Decimal(row["amount"]), invoice.currency)}
        yield _at(_("%(amount)s not asked for: %(reason)s") % said, row["waived_at"])
        if row["reversed_at"]:
            yield _at(_("%(amount)s asked for again: %(reversal_reason)s") % said, row["reversed_at"])
    for row in invoice.found_reminders:
        yield _at(reminded(row["tier"], Decimal(row["fee"]), invoice.client.agency.currency), row["at"])
    if invoice.settled_on and not invoice.is_credit and not invoice.cancelled_at:
        end = datetime.combine(invoice.settled_on, time.max, timezone.get_current_timezone())
        yield max(end, invoice.issued_at), _("Settled"), format_date(invoice.settled_on)


def _payments(invoice: Any, client: Client) -> Iterator[dict[str, Any]]:
    """What was paid or set off. claim: of a waiver, the form by which it is asked for again."""
    for row in invoice.found_payments:
        words = _("Paid on %(day)s") % {"day": format_date(date.fromisoformat(row["on"]))}
        url = reverse("settling:payment", args=[client.slug, row["pk"]]) if invoice.issuer_id is None else ""
        yield {"words": words, "sum": format_money(Decimal(row["amount"]), invoice.currency), "url": url}
    for row in invoice.found_offs:
        words = _("Set off against %(of)s") if invoice.is_credit else _("Set off by %(by)s")
        other = row["invoice"] if invoice.is_credit else row["credit"]
        url = reverse("invoices:detail", args=[client.slug, other])
        yield {"words": words % row, "sum": format_money(Decimal(row["amount"]), invoice.currency), "url": url}


def _waivers(invoice: Any, chosen: dict[str, str], *, settles: bool) -> Iterator[dict[str, Any]]:
    """What is not asked for."""
    for row in invoice.found_waivers:
        if not row["reversed_at"]:
            words = {"words": _("Not asked for: %(reason)s") % row, "pk": row["pk"]}
            typed = {"reason": chosen["reason"]} if chosen.get("pk") == str(row["pk"]) and "reason" in chosen else {}
            claim = ReasonForm(auto_id=f"claim-{row['pk']}-%s", initial=typed) if settles else None
            yield words | {"sum": format_money(Decimal(row["amount"]), invoice.currency), "claim": claim}


def _waiver(invoice: Invoice) -> WaiverForm | None:
    """For what is missing."""
    is_owed = not invoice.is_credit and bool(invoice.open_amount)
    return WaiverForm(initial={"amount": invoice.open_amount}) if is_owed else None


def _at(words: str, text: str) -> tuple[datetime, str, str]:
    moment = datetime.fromisoformat(text)
    return moment, words, format_datetime(moment)

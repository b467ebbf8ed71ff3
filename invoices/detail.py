"""One invoice as its page shows it: lines that open to the work behind them, sums, papers, what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices.models import Invoice, InvoiceLine, LineSource, LineWork, PaperKind, Unit, may_settle
from invoices.papers.document import grouped, quantity_of, sums_of
from invoices.papers.payment_code import payment_code
from invoices.payment_forms import WaiverForm
from invoices.reminder_page import next_step, reminded
from invoices.showing import amount_of, state_of
from invoices.whole import taxes_of
from portal.core.formats import format_date, format_datetime, format_hours, format_minutes, format_money, format_time
from portal.tenancy.models import Client, Member


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One entry behind a line. url: where it is with its results, "" for whoever does not see the work log."""

    text: str
    when: str
    who: str
    time: str
    net: str
    url: str
    results: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """proof: how the entries sum to the line; agrees: whether they do."""

    text: str
    detail: str
    quantity: str
    net: str
    work: list[WorkRow]
    proof: str
    agrees: bool


def context_of(invoice: Invoice, member: Member, client: Client, today: date) -> dict[str, Any]:
    """invoice: as `whole` gave it. Two queries more, for lines and the work behind them."""
    state, tone = state_of(invoice, today)
    found: list[dict[str, Any]] = invoice.found_credits  # type: ignore[attr-defined]
    settles = may_settle(member, client) and invoice.issuer_id is None
    return {
        "invoice": invoice,
        "what": _("Credit note") if invoice.is_credit else _("Invoice"),
        "state": state,
        "tone": tone,
        "lines": lines_of(invoice, member, client),
        "sums": list(sums_of(invoice, taxes_of(invoice))),
        "total": amount_of(invoice),
        "open": format_money(invoice.open_amount, invoice.currency) if invoice.open_amount else "",
        "is_overdue": invoice.is_overdue(today),
        "papers": list(_papers(invoice, client)),
        "code": _code(invoice),
        "iban": grouped(invoice.seller.get("iban", "")),
        "notes": [(row["number"], reverse("invoices:detail", args=[client.slug, row["pk"]])) for row in found],
        "history": [(words, shown) for _at, words, shown in sorted(_history(invoice), key=lambda row: row[0])],
        "payments": list(_payments(invoice, client)),
        "may_settle": settles,
        "waiver": _waiver(invoice) if settles else None,
        "reminder": next_step(invoice, today) if settles and invoice.is_overdue(today) else {},
        "may_manage": invoice.can_be_managed_by(member),
        "may_credit": not invoice.is_credit and not invoice.cancelled_at,
    }


def lines_of(invoice: Invoice, member: Member, client: Client) -> list[LineRow]:
    """Each with the work behind it: two queries."""
    works: dict[int, list[LineWork]] = {}
    for row in LineWork.objects.visible_to(member).filter(invoice=invoice).order_by("spent_on", "started_at", "pk"):
        works.setdefault(row.line_id, []).append(row)
    base = reverse("worklog:index", args=[client.slug]) if member.sees_area(client, "work") else ""
    lines = InvoiceLine.objects.visible_to(member).filter(invoice=invoice).order_by("position")
    return [_line(line, works.get(line.pk, []), invoice, base) for line in lines]


def _line(line: InvoiceLine, works: list[LineWork], invoice: Invoice, base: str) -> LineRow:
    minutes, net = sum(row.minutes for row in works), sum(row.net for row in works)
    return LineRow(
        text=line.text,
        detail=line.detail,
        quantity=quantity_of(line),
        net=format_money(line.net, invoice.currency),
        work=[_work(row, invoice, base) for row in works],
        proof=_proof(line, minutes, invoice),
        agrees=line.source == LineSource.FREE or (minutes == line.quantity and net == line.net),
    )


def _work(row: LineWork, invoice: Invoice, base: str) -> WorkRow:
    span = f", {format_time(row.started_at)}–{format_time(row.ended_at)}" if row.started_at and row.ended_at else ""
    count = len(row.results)
    return WorkRow(
        text=row.text,
        when=format_date(row.spent_on, style="short") + span,
        who=row.who,
        time=format_minutes(row.minutes),
        net=format_money(row.net, invoice.currency),
        url=f"{base}entries/{row.entry_id}/" if base else "",
        results=ngettext("%(count)d result", "%(count)d results", count) % {"count": count} if count else "",
    )


def _proof(line: InvoiceLine, minutes: int, invoice: Invoice) -> str:
    """ "19:15 h × €95.00 = €1,828.75"."""
    if line.source == LineSource.FREE or line.unit != Unit.MINUTE:
        return ""
    price, net = (format_money(amount, invoice.currency) for amount in (line.unit_price, line.net))
    return f"{format_hours(minutes)} × {price} = {net}"


def _papers(invoice: Invoice, client: Client) -> Iterator[dict[str, Any]]:
    for row in invoice.found_papers:  # type: ignore[attr-defined]
        url = reverse("invoices:paper", args=[client.slug, invoice.pk, row["kind"]])
        sha256 = row["sha256"]
        hashed = f"{sha256[:4]} {sha256[4:8]} … {sha256[-4:]}" if sha256 else ""
        icon = "sheet" if row["kind"] == PaperKind.XRECHNUNG else "file"
        label = PaperKind(row["kind"]).label
        yield {"url": url, "label": label, "size": row["size"], "sha256": hashed, "icon": icon}


def _code(invoice: Invoice) -> SafeString:
    return mark_safe(payment_code(invoice, invoice.open_amount))  # noqa: S308, made of black squares


def _history(invoice: Any) -> Iterator[tuple[datetime, str, str]]:
    """(moment, what, when as said). Who read it is for the agency; contacts see their own marks."""
    yield invoice.issued_at, _("Issued"), format_date(invoice.issued_on)
    for row in invoice.found_reads:
        yield _at(_("Read by %(name)s") % row, row["read"])
        if row["downloaded"]:
            yield _at(_("Downloaded by %(name)s") % row, row["downloaded"])
    for row in invoice.found_credits:
        amount = format_money(Decimal(row["gross"]), invoice.currency)
        yield _at(_("Credit note %(number)s of %(amount)s") % {**row, "amount": amount}, row["at"])
    for row in invoice.found_reminders:
        yield _at(reminded(row["tier"], Decimal(row["fee"]), invoice.client.agency.currency), row["at"])
    if invoice.settled_on and not invoice.is_credit and not invoice.cancelled_at:
        end = datetime.combine(invoice.settled_on, time.max, timezone.get_current_timezone())
        yield max(end, invoice.issued_at), _("Settled"), format_date(invoice.settled_on)


def _payments(invoice: Any, client: Client) -> Iterator[tuple[str, str, str]]:
    """(what, sum, address): what was paid, and what is not asked for."""
    for row in invoice.found_payments:
        words = _("Paid on %(day)s") % {"day": format_date(date.fromisoformat(row["on"]))}
        url = reverse("settling:payment", args=[client.slug, row["pk"]]) if invoice.issuer_id is None else ""
        yield words, format_money(Decimal(row["amount"]), invoice.currency), url
    for row in invoice.found_waivers:
        yield _("Not asked for: %(reason)s") % row, format_money(Decimal(row["amount"]), invoice.currency), ""


def _waiver(invoice: Invoice) -> WaiverForm | None:
    """For what is missing."""
    is_owed = not invoice.is_credit and bool(invoice.open_amount)
    return WaiverForm(initial={"amount": invoice.open_amount}) if is_owed else None


def _at(words: str, text: str) -> tuple[datetime, str, str]:
    moment = datetime.fromisoformat(text)
    return moment, words, format_datetime(moment)

"""Invoices as words, formatted once per row: their state, their figures, the rows of a list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices.models import UNSETTLED, Allocation, Invoice, InvoiceRead, overdue_on
from portal.core.formats import format_date, format_money
from portal.tenancy.models import Member

State = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. issuer: the provider that wrote it, "" for the agency; paper: where its PDF is, "" for a draft.

    mark: that the client has read or downloaded it, and since when, for the agency's people.
    """

    url: str
    number: str
    title: str
    client: str
    day: str
    due: str
    state: str
    tone: str
    amount: str
    paper: str
    issuer: str
    mark: str


@dataclass(frozen=True)
class Figure:
    """One of the figures on top: a sum for each currency, and a line below."""

    label: str
    sums: list[str]
    line: str
    tone: str = ""


def state_of(invoice: Invoice, today: date) -> State:
    """Words and tone."""
    if invoice.is_draft:
        return _("Draft"), "mute"
    if invoice.is_credit:
        return (_("Credit"), "brand") if invoice.open_amount else (_("Set off"), "mute")
    if invoice.cancelled_at:
        return _("Taken back"), "mute"
    if not invoice.open_amount:
        day = format_date(invoice.settled_on, style="short") if invoice.settled_on else ""
        return _("Paid on %(day)s") % {"day": day}, "ok"
    if invoice.due_on and invoice.is_overdue(today):
        late = (today - invoice.due_on).days
        return ngettext("%(days)d day overdue", "%(days)d days overdue", late) % {"days": late}, "bad"
    return (_("Partly paid"), "info") if invoice.settled else (_("Open"), "info")


def amount_of(invoice: Invoice) -> str:
    """With the sign that it has for the client's account."""
    return format_money(-invoice.gross if invoice.is_credit else invoice.gross, invoice.currency)


def summed(amounts: Iterable[tuple[Decimal, str]]) -> str:
    """Sums by currency, in words."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for amount, currency in amounts:
        sums[currency] += amount
    return " + ".join(format_money(amount, currency) for currency, amount in sorted(sums.items()))


def rows_of(invoices: Iterable[Invoice], today: date) -> list[Row]:
    """Needs client and issuer with each."""
    return [_row(invoice, today) for invoice in invoices]


def _row(invoice: Invoice, today: date) -> Row:
    args, (words, tone) = [invoice.client.slug, invoice.pk], state_of(invoice, today)
    return Row(
        url=reverse("invoices:edit" if invoice.is_draft else "invoices:detail", args=args),
        number=invoice.number or invoice.title,
        title=(invoice.reason or invoice.title) if invoice.number else "",
        client=invoice.client.name,
        day=format_date(invoice.issued_on) if invoice.issued_on else "–",
        due=format_date(invoice.due_on) if invoice.due_on and not invoice.is_credit else "–",
        state=words,
        tone=tone,
        amount=amount_of(invoice),
        paper=reverse("invoices:paper", args=[*args, "pdf"]) if invoice.number else "",
        issuer=invoice.issuer.name if invoice.issuer else "",
        mark=_mark(invoice),
    )


def with_marks(rows: QuerySet[Invoice], member: Member) -> QuerySet[Invoice]:
    """Adds `read_at` and `downloaded_at`, the first time of each; no query more. For lists of the agency's people."""
    reads = InvoiceRead.objects.visible_to(member).filter(agency_id=OuterRef("agency_id"), invoice=OuterRef("pk"))
    firsts = reads.order_by().values("invoice")
    found = {name: Subquery(firsts.annotate(first=Min(name)).values("first")) for name in ("read_at", "downloaded_at")}
    return rows.annotate(**found)


def _mark(invoice: Any) -> str:
    """ "Downloaded on 3 Nov"; "" for whoever is not told."""
    if moment := getattr(invoice, "downloaded_at", None):
        return _("Downloaded on %(day)s") % {"day": format_date(moment, style="short")}
    if moment := getattr(invoice, "read_at", None):
        return _("Read on %(day)s") % {"day": format_date(moment, style="short")}
    return ""


def figures_of(rows: QuerySet[Invoice], today: date, year: int) -> list[Figure]:
    """Open and overdue, and the money that came in during the year, by currency; one query."""
    is_open, late = UNSETTLED, overdue_on(today)
    shares = Allocation.objects.filter(agency_id=OuterRef("agency_id"), invoice=OuterRef("pk"))
    shares = shares.filter(payment__reversed_at=None, payment__paid_on__year=year).order_by()
    came = shares.values("invoice").annotate(sum=Sum("amount")).values("sum")
    paid = Q(came__gt=0)
    left = F("gross") - F("settled")
    found = (
        rows.order_by()
        .annotate(came=Subquery(came))
        .values("currency")
        .annotate(
            open_sum=Sum(left, filter=is_open),
            open_count=Count("pk", filter=is_open),
            late_sum=Sum(left, filter=late),
            late_since=Min("due_on", filter=late),
            paid_sum=Sum("came", filter=paid),
            paid_count=Count("pk", filter=paid),
        )
    )
    groups = list(found.order_by("currency"))
    since = min((group["late_since"] for group in groups if group["late_since"]), default=None)
    late_line = _("since %(day)s") % {"day": format_date(since)} if since else _("nothing")
    return [
        Figure(_("Open"), _sums(groups, "open_sum"), _count(groups, "open_count")),
        Figure(_("Of that, overdue"), _sums(groups, "late_sum"), late_line, "bad" if since else ""),
        Figure(_("Paid in %(year)s") % {"year": year}, _sums(groups, "paid_sum"), _count(groups, "paid_count")),
    ]


def owed_to_providers(rows: QuerySet[Invoice]) -> list[Figure]:
    """What the client owes companies that it engaged itself, apart from the agency; none when that is nothing. One query."""
    found = rows.filter(issuer__isnull=False).unsettled().order_by().values("currency")  # type: ignore[attr-defined]
    groups = list(found.annotate(left=Sum(F("gross") - F("settled")), number=Count("pk")).order_by("currency"))
    return [Figure(_("Open at your providers"), _sums(groups, "left"), _count(groups, "number"))] if groups else []


def _sums(groups: list[dict[str, Any]], name: str) -> list[str]:
    return [format_money(group[name], group["currency"]) for group in groups if group[name]] or ["–"]


def _count(groups: list[dict[str, Any]], name: str) -> str:
    number = sum(group[name] for group in groups)
    return ngettext("%(number)d invoice", "%(number)d invoices", number) % {"number": number}

"""The lines of an invoice as its page shows them: each opens to the work behind it, and that to what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse
from django.utils.translation import ngettext

from invoices.behind import Opened, results_of, subjects_of
from invoices.models import Invoice, InvoiceLine, LineSource, LineWork, Unit
from invoices.papers.document import quantity_of
from portal.core.formats import format_date, format_hours, format_minutes, format_money, format_times
from portal.tenancy.models import Client, Member

WORK = ("entry_id", "text", "who", "spent_on", "started_at", "ended_at", "minutes", "results")


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One entry behind a line. url: its page, "" for whoever does not see the work log; opened: what came of it, for those
    who see it; results: how much came of it, for the others.
    """

    text: str
    when: str
    who: str
    time: str
    net: str
    url: str
    opened: tuple[Opened, ...]
    results: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """proof: how the entries sum to the line; agrees: whether they do; subject: title and address of what it was for."""

    text: str
    detail: str
    quantity: str
    net: str
    work: list[WorkRow]
    proof: str
    agrees: bool
    subject: tuple[str, str] | None


def lines_of(invoice: Invoice, member: Member, client: Client) -> list[LineRow]:
    """One query, and where there are any: one for results, one for each type of what lines are for."""
    lines: Any = list(_with_work(invoice, member))
    base = reverse("worklog:index", args=[client.slug]) if member.sees_area(client, "work") else ""
    proven = [row["entry_id"] for line in lines for row in line.found_work if row["results"]]
    opened = results_of(proven, member, base) if base and proven else {}
    subjects = subjects_of(lines, member)
    return [
        LineRow(
            text=line.text,
            detail=line.detail,
            quantity=quantity_of(line),
            net=format_money(line.net, invoice.currency),
            work=[_work(row, invoice, base, opened.get(row["entry_id"], ())) for row in line.found_work],
            proof=_proof(line, invoice),
            agrees=_agrees(line),
            subject=subjects.get(line.pk),
        )
        for line in lines
    ]


def _with_work(invoice: Invoice, member: Member) -> Any:
    """Lines with `found_work`: dictionaries; the sum is text."""
    works = LineWork.objects.visible_to(member).filter(agency_id=OuterRef("agency_id"), line=OuterRef("pk"))
    work = JSONObject(net=Cast("net", TextField()), **{name: name for name in WORK})
    found = ArraySubquery(works.order_by("spent_on", "started_at", "pk").values(json=work))
    rows = InvoiceLine.objects.visible_to(member).filter(invoice=invoice)
    return rows.annotate(found_work=found).order_by("position")


def _work(row: Mapping[str, Any], invoice: Invoice, base: str, opened: tuple[Opened, ...]) -> WorkRow:
    count = len(row["results"])
    return WorkRow(
        text=row["text"],
        when=format_date(date.fromisoformat(row["spent_on"]), style="short") + _span(row),
        who=row["who"],
        time=format_minutes(row["minutes"]),
        net=format_money(Decimal(row["net"]), invoice.currency),
        url=f"{base}entries/{row['entry_id']}/" if base else "",
        opened=opened,
        results=ngettext("%(count)d result", "%(count)d results", count) % {"count": count} if count else "",
    )


def _span(row: Mapping[str, Any]) -> str:
    if not (row["started_at"] and row["ended_at"]):
        return ""
    begun, ended = (datetime.fromisoformat(row[name]) for name in ("started_at", "ended_at"))
    return f", {format_times(begun, ended)}"


def _agrees(line: Any) -> bool:
    minutes = sum(row["minutes"] for row in line.found_work)
    net = sum((Decimal(row["net"]) for row in line.found_work), Decimal(0))
    return line.source == LineSource.FREE or (minutes == line.quantity and net == line.net)


def _proof(line: Any, invoice: Invoice) -> str:
    """ "19:15 h × €95.00 = €1,828.75"."""
    if line.source == LineSource.FREE or line.unit != Unit.MINUTE:
        return ""
    minutes = sum(row["minutes"] for row in line.found_work)
    price, net = (format_money(amount, invoice.currency) for amount in (line.unit_price, line.net))
    return f"{format_hours(minutes)} × {price} = {net}"

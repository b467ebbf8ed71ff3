"""Invoices made elsewhere, in words."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from invoices.actions.uploading import may_bring
from invoices.days import today_of
from invoices.models import Allocation, Invoice, Origin, Payment, may_settle
from invoices.showing import amount_of, state_of, summed
from portal.core.formats import format_date
from portal.core.paging import Page, page_of
from portal.tenancy.models import Client, Member


def invoices_of(member: Member, client: Client):
    return Invoice.objects.visible_to(member).of(client).issued().filter(origin=Origin.OUTSIDE)


def context_of(member: Member, client: Client, after: str) -> dict[str, Any]:
    rows = invoices_of(member, client)
    marks = Allocation.objects.filter(agency_id=OuterRef("agency_id"), invoice=OuterRef("pk"))
    listed = rows.select_related("issuer").annotate(is_marked=Exists(marks.filter(payment__reversed_at=None)))
    page: Page = page_of(listed, after, by="issued_at")
    unpaid = list(rows.unsettled().order_by("due_on", "pk"))
    is_own = member.is_vendor and may_settle(member, client, member.vendor_id)
    return {
        "rows": [_row(row, client) | (_deeds(row, unpaid) if is_own else {}) for row in page.rows],
        "next": f"?after={page.after}" if page.after else "",
        "open": summed((row.open_amount, row.currency) for row in unpaid),
        "may_bring": may_bring(member, client),
        "is_provider": member.is_vendor,
    }


def marks_of(invoice: Invoice, member: Member) -> QuerySet[Payment]:
    """The payments by which its provider has marked it as paid."""
    return Payment.objects.visible_to(member).standing().filter(allocations__invoice=invoice)


def _row(row: Invoice, client: Client) -> dict[str, Any]:
    state, tone = state_of(row, today_of(client.agency))
    issuer = row.issuer.name if row.issuer else client.agency.name
    return {
        "pk": row.pk,
        "number": row.number,
        "title": row.title if row.title != issuer else "",
        "issuer": issuer,
        "day": format_date(row.issued_on) if row.issued_on else "",
        "due": format_date(row.due_on) if row.due_on and not row.is_credit else "–",
        "tone": tone,
        "state": state,
        "gross": amount_of(row),
        "pdf": reverse("settling:outside_pdf", args=[client.slug, row.pk]),
    }


def _deeds(row: Any, unpaid: list[Invoice]) -> dict[str, Any]:
    """What its provider can do with it. set_off_with: of a credit note, the open invoices that it may be for: (id, number)."""
    is_open = bool(row.open_amount)
    fitting = unpaid if row.is_credit and is_open else []
    return {
        "may_mark": is_open and not row.is_credit,
        "is_marked": row.is_marked,
        "set_off_with": [(bill.pk, bill.number) for bill in fitting if bill.currency == row.currency],
    }

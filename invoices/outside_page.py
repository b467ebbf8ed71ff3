"""Invoices made elsewhere, in words."""

from typing import Any

from django.urls import reverse

from invoices.actions.uploading import may_bring
from invoices.days import today_of
from invoices.models import Invoice, Origin
from invoices.showing import amount_of, state_of, summed
from portal.core.formats import format_date
from portal.core.paging import Page, page_of
from portal.tenancy.models import Client, Member


def invoices_of(member: Member, client: Client):
    return Invoice.objects.visible_to(member).of(client).issued().filter(origin=Origin.OUTSIDE)


def context_of(member: Member, client: Client, after: str) -> dict[str, Any]:
    rows = invoices_of(member, client)
    page: Page = page_of(rows.select_related("issuer"), after, by="issued_at")
    unpaid = rows.unsettled().values_list("gross", "settled", "currency")
    return {
        "rows": [_row(row, member, client) for row in page.rows],
        "next": f"?after={page.after}" if page.after else "",
        "open": summed((gross - settled, currency) for gross, settled, currency in unpaid),
        "may_bring": may_bring(member, client),
        "is_provider": member.is_vendor,
    }


def _row(row: Invoice, member: Member, client: Client) -> dict[str, Any]:
    state, tone = state_of(row, today_of(client.agency))
    is_own = row.issuer_id is not None and row.issuer_id == member.vendor_id
    return {
        "pk": row.pk,
        "number": row.number,
        "title": row.title,
        "issuer": row.issuer.name if row.issuer else client.agency.name,
        "day": format_date(row.issued_on) if row.issued_on else "",
        "due": format_date(row.due_on) if row.due_on and not row.is_credit else "–",
        "tone": tone,
        "state": state,
        "gross": amount_of(row),
        "pdf": reverse("settling:outside_pdf", args=[client.slug, row.pk]),
        "may_mark": is_own and not row.is_credit and bool(row.open_amount),
    }

"""What invoices are told of the work behind their lines (invoices.behind)."""

from collections import defaultdict
from typing import Any

from django.db.models import F
from django.urls import reverse

from invoices.behind import Opened, Source
from invoices.models import Invoice
from portal.core.formats import format_date
from portal.tenancy.models import Member
from worklog.actions import invoicing
from worklog.charging import chargeable, shown, waiting
from worklog.models import WorkResult
from worklog.month_lines import links_of
from worklog.questions import asked_about
from worklog.subjects import subjects_of

MOST_ASKED = 50


def results_of(entry_ids: list[int], member: Member, base: str) -> dict[int, tuple[Opened, ...]]:
    """As the client's month names them, by entry; one query."""
    rows = WorkResult.objects.visible_to(member).filter(entry__in=entry_ids).order_by("pk")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("entry_id", "pk", "title", "link", name=F("file__name")):
        found[row["entry_id"]].append(row | {"file": row["name"]})
    return {pk: links_of(f"{base}entries/{pk}/", results) for pk, results in found.items()}


def asked_of(invoice: Invoice, member: Member) -> list[tuple[str, str]]:
    """Entries of a draft's period that could be charged, were the question about them answered; one query."""
    client, slug = invoice.client, invoice.client.slug
    rows = chargeable(client, invoice.service_from, invoice.service_until, with_retainer=invoice.with_retainer)
    found = asked_about(shown(rows).visible_to(member).filter(doubted_at=None)).order_by("spent_on", "pk")
    return [
        (f"{row.text}, {format_date(row.spent_on, style='short')}", reverse("worklog:entry", args=[slug, row.pk]))
        for row in found[:MOST_ASKED]
    ]


SOURCE = Source(invoicing.current, invoicing.charged, invoicing.freed, results_of, asked_of, subjects_of, waiting)

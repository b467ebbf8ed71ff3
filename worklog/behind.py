"""What invoices are told of the work behind their lines (invoices.behind)."""

from collections import defaultdict
from typing import Any

from django.db.models import F

from invoices.behind import Opened, Source
from portal.tenancy.models import Member
from worklog.actions import invoicing
from worklog.models import WorkResult
from worklog.month_lines import links_of
from worklog.subjects import subjects_of


def results_of(entry_ids: list[int], member: Member, base: str) -> dict[int, tuple[Opened, ...]]:
    """As the client's month names them, by entry; one query."""
    rows = WorkResult.objects.visible_to(member).filter(entry__in=entry_ids).order_by("pk")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("entry_id", "pk", "title", "link", name=F("file__name")):
        found[row["entry_id"]].append(row | {"file": row["name"]})
    return {pk: links_of(f"{base}entries/{pk}/", results) for pk, results in found.items()}


SOURCE = Source(invoicing.current, invoicing.charged, invoicing.freed, results_of, subjects_of)

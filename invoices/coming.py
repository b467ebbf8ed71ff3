"""Where the next drafts may come from: clients for whom something was worked last month that nobody has charged yet."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from invoices.behind import waiting_work
from portal.core.formats import format_date, format_hours
from portal.tenancy.models import Client, Member


def drafts_to_come(member: Member, clients: Sequence[Client], today: date) -> dict[str, Any]:
    """to_come: (client, hours that wait or ""), the most work first, then as given; month: the one that is over. One query."""
    last = today.replace(day=1) - timedelta(days=1)
    found = waiting_work(member, [row.pk for row in clients], last.replace(day=1), last) if clients else {}
    rows = sorted(clients, key=lambda row: -found.get(row.pk, 0))
    hours = [(row, format_hours(found[row.pk]) if row.pk in found else "") for row in rows]
    return {"to_come": hours, "month": format_date(last, style="month")}

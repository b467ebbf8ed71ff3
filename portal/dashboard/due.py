"""What is due on a specialist's day: all of it is counted, of which the start page shows the first."""

from typing import Any

from django.db.models import Count, IntegerField, Subquery, Value

from portal.dashboard.asking import MIDNIGHT
from portal.tenancy.models.client import OPEN_CLIENT
from tickets.models import Ticket


def due_today(reader, client) -> Any:
    """How many tickets on the desk are due by the end of the reader's day; None for none, and on the page of one client."""
    if client or not reader.is_specialist:
        return Value(None, IntegerField())
    rows = Ticket.objects.visible_to(reader).waiting_for(reader).filter(due_at__lt=MIDNIGHT, **OPEN_CLIENT)
    return Subquery(rows.order_by().values("agency").annotate(found=Count("pk")).values("found"))

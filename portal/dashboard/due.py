"""What is due: all of it is counted and summed, of which the start pages show the first."""

from typing import Any

from django.db.models import Count, F, IntegerField, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast, JSONObject

from invoices.models import Invoice
from portal.dashboard.asking import MIDNIGHT
from portal.dashboard.lists import MOST
from portal.tenancy.models.client import OPEN_CLIENT
from tickets.models import Ticket


def due_today(reader, client) -> Any:
    """How many tickets on the desk are due by the end of the reader's day; None for none, and on the page of one client."""
    if client or not reader.is_specialist:
        return Value(None, IntegerField())
    rows = Ticket.objects.visible_to(reader).waiting_for(reader).filter(due_at__lt=MIDNIGHT, **OPEN_CLIENT)
    return Subquery(rows.order_by().values("agency").annotate(found=Count("pk")).values("found"))


def invoices_due(reader, client) -> dict[str, QuerySet]:
    """What the client has to pay, by day, and what is owed to each in each currency; sums as text, for they are no fractions."""
    rows, left = Invoice.objects.visible_to(reader).of(client).unsettled(), F("gross") - F("settled")
    words = {"pk": "pk", "number": "number", "issuer": "issuer__name", "due": "due_on", "currency": "currency"}
    invoices = rows.order_by("due_on", "pk").values(json=JSONObject(**words, left=Cast(left, TextField())))[:MOST]
    owed = rows.order_by().values("currency", "issuer").annotate(sum=Sum(left))
    of_each = JSONObject(currency="currency", issuer="issuer", left=Cast("sum", TextField()))
    return {"invoices": invoices, "owed": owed.values(json=of_each)}

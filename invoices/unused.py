"""Payments of which something waits for an invoice."""

from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from invoices.models import Allocation, Payment, Refund
from invoices.showing import summed
from portal.tenancy.models import Member

MOST_SHOWN = 50
"""Payments; who has more of them looks at the clients."""


def unused_of(member: Member, slug: str = "") -> list[tuple[str, str, str]]:
    """(client, its statement of account, how much), of one client or of all; one query."""
    rows = Payment.objects.visible_to(member).standing().filter(issuer=None).select_related("client")
    rows = rows.filter(client__slug=slug) if slug else rows
    rows = rows.annotate(rest=F("amount") - _used_by(Allocation) - _used_by(Refund)).filter(rest__gt=0)
    found: dict[tuple[str, str], list[tuple[Decimal, str]]] = {}
    for row in rows.order_by("client__name", "pk")[:MOST_SHOWN]:
        found.setdefault((row.client.name, row.client.slug), []).append((row.rest, row.currency))
    return [
        (name, reverse("settling:statement", args=[slug]), summed(amounts)) for (name, slug), amounts in found.items()
    ]


def _used_by(model: type[Allocation] | type[Refund]) -> Coalesce:
    mine = model.objects.filter(agency_id=OuterRef("agency_id"), payment=OuterRef("pk")).order_by()
    used = Subquery(mine.values("payment").annotate(sum=Sum("amount")).values("sum"))
    return Coalesce(used, Value(Decimal(0)), output_field=DecimalField())

"""What the lists of the desk share: whose rows, how many, and as small dictionaries."""

from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject

MOST = 8
"""Of what is to be read or answered, where the next come up as these are done."""
MOST_TO_DO = 50
"""Of what somebody has promised to do: all of it is counted."""
MOST_CLIENTS = 50
OF_CLIENT = {"client": F("client__name"), "slug": F("client__slug")}


def seen(model, reader, client, **narrow) -> Any:
    """Rows that the reader may see, of the page's client or of all that are not put away."""
    rows = model.objects.visible_to(reader)
    rows = rows.of(client) if client else rows.filter(client__archived_at=None)
    return rows.filter(**narrow)


def first(rows: QuerySet) -> QuerySet:
    """No more than a card shows, found before anything is joined to them: then PostgreSQL takes the index that has the order."""
    return rows.model.objects.filter(pk__in=rows.values("pk")[:MOST]).order_by(*rows.query.order_by)


def as_json(rows: QuerySet, *, most: int = MOST, of_client: dict | None = None, **words) -> QuerySet:
    return rows.values(json=JSONObject(**(of_client or OF_CLIENT), **words))[:most]

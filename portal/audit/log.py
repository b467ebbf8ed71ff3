"""Critical happenings that are no change of a row: sign-ins, refusals, exports. Row changes are caught by triggers."""

from typing import Any

from django.db import connections, transaction
from psycopg.types.json import Jsonb

LOG = "SELECT audit.log(%s, %s, %s, %s)"


def log(
    kind: str,
    detail: dict[str, Any] | None = None,
    *,
    agency_id: int | None = None,
    user_id: int | None = None,
    durable: bool = False,
) -> None:
    """Write one audit event; who, ip and device come from the context.

    durable: on a connection of its own, so that the roll-back of the request does not take it along (refusals,
    failed sign-ins).
    """
    alias = "log" if durable else "default"
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        values: list[Any] = [kind, Jsonb(detail) if detail is not None else None, agency_id, user_id]
        cursor.execute(LOG, values)

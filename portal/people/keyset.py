"""Paging through rows by name; `portal.core.paging` does it by moment."""

import base64
import binascii
import json
from typing import Any

from django.db.models import Q, QuerySet

from portal.core.paging import Page

SIZE = 50


def page_by_name(rows: QuerySet, after: str, *, by: str = "name", size: int = SIZE) -> Page:
    """The rows behind key `after`, from A to Z, then by id. A key that is none begins at the top."""
    place = _parsed(after)
    if place:
        name, pk = place
        rows = rows.filter(**{f"{by}__gte": name}).filter(Q(**{f"{by}__gt": name}) | Q(pk__gt=pk))
    found = list(rows.order_by(by, "pk")[: size + 1])
    return Page(found[:size], _key(found[size - 1], by) if len(found) > size else "")


def _key(row: Any, by: str) -> str:
    value: Any = row
    for part in by.split("__"):
        value = getattr(value, part)
    return base64.urlsafe_b64encode(json.dumps([value, row.pk]).encode()).decode().rstrip("=")


def _parsed(after: str) -> tuple[str, int] | None:
    try:
        name, pk = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (binascii.Error, ValueError, TypeError):
        return None
    fits = isinstance(name, str) and "\0" not in name and isinstance(pk, int) and abs(pk) < 2**63
    return (name, pk) if fits else None

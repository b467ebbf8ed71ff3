"""Keyset paging: page 1,000 costs what page 1 costs, because nothing is counted and nothing is skipped."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Page:
    """Some rows, and the key after which the next ones begin; "" when these are the last."""

    rows: Sequence[Any]
    after: str


def page_of(rows: QuerySet, after: str, *, by: str, size: int = 25) -> Page:
    """The rows behind key `after`, newest first by moment `by`, then by id. A key that is none begins at the top."""
    return cut(list(behind(rows, moment_in(after), by=by)[: size + 1]), by=by, size=size)


def page_by_name(rows: QuerySet, after: str, *, by: str = "name", size: int = 50) -> Page:
    """The same from A to Z; `by` may follow a relation."""
    found = list(_behind(rows, _name_in(after), by, "gt").order_by(by, "pk")[: size + 1])
    return Page(found[:size], _key_by_name(found[size - 1], by) if len(found) > size else "")


def behind(rows: QuerySet, place: tuple[Any, Any] | None, *, by: str) -> QuerySet:
    """All rows behind a place (moment, id), newest first; from the top without one."""
    return _behind(rows, place, by, "lt").order_by(f"-{by}", "-pk")


def ahead(rows: QuerySet, place: tuple[Any, Any] | None, *, by: str) -> QuerySet:
    """The same, oldest first."""
    return _behind(rows, place, by, "gt").order_by(by, "pk")


def cut(found: Sequence[Any], *, by: str, size: int) -> Page:
    """A page of `size` rows out of up to one more; the one more tells that there are more."""
    return Page(found[:size], _key_by_moment(found[size - 1], by) if len(found) > size else "")


def next_of(request, page: Page) -> str:
    """The query that leads to the next page and keeps the filters, "" when this is the last."""
    query = request.GET.copy()
    query["after"] = page.after
    return f"?{query.urlencode()}" if page.after else ""


def _behind(rows: QuerySet, place: tuple[Any, Any] | None, by: str, how: str) -> QuerySet:
    """how: "lt" or "gt", how the next row compares with the one before."""
    if place is None:
        return rows
    value, pk = place
    # The first condition is the one that the index serves; the second sorts out ties.
    tied = Q(**{f"{by}__{how}": value}) | Q(**{f"pk__{how}": pk})
    return rows.filter(**{f"{by}__{how}e": value}).filter(tied)


def _key_by_moment(row: Any, by: str) -> str:
    """Where a row stands: microseconds and id, short and without anything to escape."""
    return f"{(getattr(row, by) - EPOCH) // MICROSECOND}-{row.pk}"


def moment_in(after: str) -> tuple[datetime, int] | None:
    """The place that a key names, None for what is no key."""
    moment, _, pk = after.partition("-")
    if (
        not (moment.isascii() and moment.isdigit() and pk.isascii() and pk.isdigit())
        or len(moment) > 17
        or len(pk) > 18
    ):
        return None
    try:
        return EPOCH + int(moment) * MICROSECOND, int(pk)
    except OverflowError:
        return None


def _key_by_name(row: Any, by: str) -> str:
    value = row
    for part in by.split("__"):
        value = getattr(value, part)
    return base64.urlsafe_b64encode(json.dumps([value, row.pk]).encode()).decode().rstrip("=")


def _name_in(after: str) -> tuple[str, int] | None:
    try:
        name, pk = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (binascii.Error, ValueError, TypeError):
        return None
    fits = isinstance(name, str) and "\0" not in name and isinstance(pk, int) and abs(pk) < 2**63
    return (name, pk) if fits else None

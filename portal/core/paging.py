"""Keyset paging: page 1,000 costs what page 1 costs, because nothing is counted and nothing is skipped."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
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
    return _page(rows, _moment_in(after), by, "lt", size, _key_by_moment)


def page_by_name(rows: QuerySet, after: str, *, by: str = "name", size: int = 50) -> Page:
    """The same from A to Z; `by` may follow a relation."""
    return _page(rows, _name_in(after), by, "gt", size, _key_by_name)


def next_of(request, page: Page) -> str:
    """The query that leads to the next page and keeps the filters, "" when this is the last."""
    query = request.GET.copy()
    query["after"] = page.after
    return f"?{query.urlencode()}" if page.after else ""


def _page(
    rows: QuerySet, place: tuple[Any, int] | None, by: str, behind: str, size: int, key_of: Callable[[Any, str], str]
) -> Page:
    """behind: "lt" or "gt", how the next row compares with the one before."""
    if place:
        value, pk = place
        # The first condition is the one that the index serves; the second sorts out ties.
        tied = Q(**{f"{by}__{behind}": value}) | Q(**{f"pk__{behind}": pk})
        rows = rows.filter(**{f"{by}__{behind}e": value}).filter(tied)
    sign = "-" if behind == "lt" else ""
    found = list(rows.order_by(f"{sign}{by}", f"{sign}pk")[: size + 1])
    return Page(found[:size], key_of(found[size - 1], by) if len(found) > size else "")


def _key_by_moment(row: Any, by: str) -> str:
    """Where a row stands: microseconds and id, short and without anything to escape."""
    return f"{(getattr(row, by) - EPOCH) // MICROSECOND}-{row.pk}"


def _moment_in(after: str) -> tuple[datetime, int] | None:
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

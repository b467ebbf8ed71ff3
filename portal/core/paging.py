"""Keyset paging: page 1,000 costs what page 1 costs, because nothing is counted and nothing is skipped."""

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
    place = _parsed(after)
    if place:
        moment, pk = place
        # The first condition is the one that the index serves; the second sorts out ties.
        rows = rows.filter(**{f"{by}__lte": moment}).filter(Q(**{f"{by}__lt": moment}) | Q(pk__lt=pk))
    found = list(rows.order_by(f"-{by}", "-pk")[: size + 1])
    more = len(found) > size
    return Page(found[:size], key_of(found[size - 1], by) if more else "")


def key_of(row: Any, by: str) -> str:
    """Where a row stands: microseconds and id, short and without anything to escape."""
    return f"{(getattr(row, by) - EPOCH) // MICROSECOND}-{row.pk}"


def _parsed(after: str) -> tuple[datetime, int] | None:
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

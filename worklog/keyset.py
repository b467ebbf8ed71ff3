"""Pages of entries, newest day first: the key is a day and an id."""

from datetime import date

from django.db.models import QuerySet

from portal.core.paging import Page, behind
from worklog.models import WorkEntry


def page_of(rows: QuerySet[WorkEntry], after: str, *, size: int) -> Page:
    """The rows behind key `after`; a key that is none begins at the top."""
    found = list(behind(rows, _place_in(after), by="spent_on")[: size + 1])
    return Page(found[:size], _key_of(found[size - 1]) if len(found) > size else "")


def _key_of(row: WorkEntry) -> str:
    return f"{row.spent_on.toordinal()}-{row.pk}"


def _place_in(after: str) -> tuple[date, int] | None:
    day, _dash, pk = after.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (day, pk)):
        return None
    return (date.fromordinal(int(day)), int(pk)) if 1 <= int(day) <= date.max.toordinal() else None

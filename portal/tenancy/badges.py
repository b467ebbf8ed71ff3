"""What is unread, as figures for the menu and the bell: one query a page, compiled once for each shape of reader."""

from django.db.models import IntegerField, QuerySet, Subquery

from portal.core.prepared import Prepared
from portal.tenancy import navigation
from portal.tenancy.models import Client, Member
from portal.tenancy.reader import ONE_CLIENT, Reader, shape_of, values_of

MOST = 99
"""More than that is not counted: the menu says "99+", and what somebody left unread for years costs nothing."""

_prepared: dict[tuple, Prepared] = {}


def numbers_for(member: Member, client: Client | None, entries: list[navigation.Entry]) -> dict[str, int]:
    """URL name of an open entry, or "bell" -> how much is unread, of this client or of all; an entry's MOST + 1 says "more than MOST"."""
    counting = [entry for entry in entries if entry.unread]
    names = [entry.view for entry in counting] + ["bell"]
    key = (tuple(names), client is None, shape_of(member))
    if key not in _prepared:
        reader, one = Reader(member), ONE_CLIENT if client else None
        _prepared[key] = Prepared(lambda: _query(counting, reader, one))
    found = _prepared[key].first(**values_of(member, client))
    return {name: getattr(found, f"n{place}", None) or 0 for place, name in enumerate(names)}


def figure_of(number: int | None) -> str:
    """As the menu shows it."""
    return f"{MOST}+" if number and number > MOST else str(number or "")


def _query(entries: list[navigation.Entry], reader: Reader, client) -> QuerySet:
    rows = [entry.unread(reader, client)[: MOST + 1] for entry in entries if entry.unread]
    rows += [navigation.unread_of(reader)] if navigation.unread_of else []
    numbers = {f"n{place}": _number_of(unread) for place, unread in enumerate(rows)}
    return Member.objects.filter(pk=reader.pk).only("pk").annotate(**numbers)


class _NumberOf(Subquery):
    """How many rows there are, as far as it is counted."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _number_of(rows: QuerySet) -> _NumberOf:
    return _NumberOf(rows.values("pk"))

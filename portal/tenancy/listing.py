"""Lists of rows of a client, or of all, by a moment: prepared as long as nobody narrows them (most pages), else an ordinary query."""

from collections.abc import Callable
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, QuerySet

from portal.core import paging
from portal.core.paging import Page
from portal.core.prepared import Prepared, Slot
from portal.tenancy.models import Client, Member
from portal.tenancy.reader import ONE_CLIENT, Reader, shape_of, values_of

PLACE = (Slot("moment", DateTimeField()), Slot("row", BigIntegerField()))


class Listing:
    """build: (member, client) -> the rows that the member may see, from querysets that take a `Reader` for a member.

    by: the moment that orders them, newest first unless `oldest_first`; the index starts with agency and client. A page is
    `size` rows. Without a client the rows are those of all clients. keys_first: the page's keys are found before anything
    is joined to them; for rows with many relations, whose number PostgreSQL guesses too low to take the index.
    """

    def __init__(
        self,
        build: Callable[[Member, Any], QuerySet],
        *,
        by: str,
        size: int,
        oldest_first: bool = False,
        keys_first: bool = False,
    ):
        self._build, self._by, self._size, self._keys_first = build, by, size, keys_first
        self._in_order = paging.ahead if oldest_first else paging.behind
        self._prepared: dict[tuple, Prepared] = {}

    def page(
        self, member: Member, client: Client | None, after: str, narrow: Callable[[Any], QuerySet] | None = None
    ) -> Page:
        """The rows behind key `after`; narrow: puts the reader's filters on them, None when there are none."""
        place = paging.moment_in(after)
        if narrow:
            rows = self._page(member, client, place, narrow)
            return paging.cut(list(rows), by=self._by, size=self._size)
        values = values_of(member, client)
        if place:
            values["moment"], values["row"] = place
        return paging.cut(self._query(member, client is None, bool(place)).all(**values), by=self._by, size=self._size)

    def _query(self, member: Member, is_of_all: bool, is_further: bool) -> Prepared:
        key = (shape_of(member), is_of_all, is_further)
        if key not in self._prepared:
            reader, client, place = Reader(member), None if is_of_all else ONE_CLIENT, PLACE if is_further else None
            self._prepared[key] = Prepared(lambda: self._rows(reader, client, place))
        return self._prepared[key]

    def _rows(self, reader: Reader, client: Slot | None, place) -> QuerySet:
        return self._page(reader, client, place, lambda rows: rows)

    def _page(self, member: Any, client: Any, place, narrow: Callable[[Any], QuerySet]) -> QuerySet:
        rows = self._build(member, client)
        found = self._in_order(narrow(rows), place, by=self._by)[: self._size + 1]
        if not self._keys_first:
            return found
        return self._in_order(rows.filter(pk__in=found.values("pk")), None, by=self._by)

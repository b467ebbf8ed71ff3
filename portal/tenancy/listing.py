"""Lists of a client's rows, newest first: prepared as long as nobody narrows them (most pages), else an ordinary query."""

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

    by: the moment that orders them; the index starts with agency and client. A page is `size` rows.
    """

    def __init__(self, build: Callable[[Member, Client], QuerySet], *, by: str, size: int):
        self._build, self._by, self._size = build, by, size
        self._prepared: dict[tuple, Prepared] = {}

    def page(self, member: Member, client: Client, after: str, narrow: Callable[[Any], QuerySet] | None = None) -> Page:
        """The rows behind key `after`; narrow: puts the reader's filters on them, None when there are none."""
        if narrow:
            return paging.page_of(narrow(self._build(member, client)), after, by=self._by, size=self._size)
        place = paging.moment_in(after)
        values = values_of(member, client)
        if place:
            values["moment"], values["row"] = place
        return paging.cut(self._query(member, bool(place)).all(**values), by=self._by, size=self._size)

    def _query(self, member: Member, is_further: bool) -> Prepared:
        key = (shape_of(member), is_further)
        if key not in self._prepared:
            reader, place = Reader(member), PLACE if is_further else None
            self._prepared[key] = Prepared(lambda: self._rows(reader, place))
        return self._prepared[key]

    def _rows(self, reader: Reader, place) -> QuerySet:
        rows = self._build(reader, ONE_CLIENT)  # type: ignore[arg-type]
        return paging.behind(rows, place, by=self._by)[: self._size + 1]

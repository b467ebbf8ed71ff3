"""Questions that many pages ask: each is compiled once for every shape of reader, because compiling costs more than asking."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from portal.core.prepared import Prepared
from portal.tenancy.models import Client, Member
from portal.tenancy.reader import ONE_CLIENT, Reader, shape_of, values_of


class Question:
    """build: (reader, client or None) -> rows, from querysets that take a `Reader` for a member; what else differs is a slot."""

    def __init__(self, build: Callable[[Any, Any], QuerySet]):
        self._build = build
        self._prepared: dict[tuple, Prepared] = {}

    def ask(self, member: Member, client: Client | None = None, **values: Any) -> list[Any]:
        """The rows for this member, of one client or of all."""
        key = (shape_of(member), client is None)
        if key not in self._prepared:
            reader, one = Reader(member), ONE_CLIENT if client else None
            self._prepared[key] = Prepared(lambda: self._build(reader, one))
        return self._prepared[key].all(**values_of(member, client), **values)

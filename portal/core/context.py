"""Who is asking, and where: the context that every transaction carries into the database.

The door (portal.tenancy) sets it once per request or task; the database backend (portal.core.db) hands it
to PostgreSQL, whose row-level security policies read it. Without it nothing with a tenant is visible.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

AREAS = ("work", "tickets", "mails", "money", "security")
SHARED_AREAS = ("work", "tickets", "mails")
"""What a shared project can open; sums and access are of the whole client."""


@dataclass(frozen=True)
class Context:
    """The place (agency, scope, what outsiders may reach) and the trace (who, from where) of the work at hand.

    scope: "agency" for staff, "client" for contacts, "vendor" for vendors, "" for nobody.
    veiled: who asks must not learn what clients are called (portal.tenancy.veiling); the walls do not know of it.
    clients: area -> ids of the clients whose rows of that area are visible; "any" names them all, "whole" those of which every
    project is open. projects: area -> ids of the shared projects whose rows of that area are visible; "any" names them all.
    """

    agency_id: int | None = None
    scope: str = ""
    user_id: int | None = None
    member_id: int | None = None
    agency_ids: tuple[int, ...] = ()
    clients: dict[str, tuple[int, ...]] = field(default_factory=dict)
    projects: dict[str, tuple[int, ...]] = field(default_factory=dict)
    ip: str = ""
    ua: str = ""
    request_id: str = ""
    task: str = ""
    veiled: bool = False

    @cached_property
    def settings(self) -> list[str]:
        """Values of the PostgreSQL settings, in the order of `SQL`."""
        return [
            _text(self.agency_id),
            self.scope,
            _text(self.user_id),
            _text(self.member_id),
            _ids(self.agency_ids),
            *(_ids(self.clients.get(area, ())) for area in ("any", "whole", *AREAS)),
            *(_ids(self.projects.get(area, ())) for area in ("any", *SHARED_AREAS)),
            self.ip,
            self.ua,
            self.request_id,
            self.task,
        ]


NAMES = (
    "agency_id",
    "scope",
    "user_id",
    "member_id",
    "agency_ids",
    *(f"client_ids_{area}" for area in ("any", "whole", *AREAS)),
    "project_ids",
    *(f"project_ids_{area}" for area in SHARED_AREAS),
    "ip",
    "ua",
    "request_id",
    "task",
)
SQL = "SELECT " + ", ".join(f"set_config('app.{name}', %s, true)" for name in NAMES)

NOBODY = Context()
_current: ContextVar[Context] = ContextVar("context", default=NOBODY)


def current() -> Context:
    """The context in force."""
    return _current.get()


@contextmanager
def entered(context: Context) -> Iterator[Context]:
    """Work in this context; transactions that are already open take it on with their next statement (portal.core.db)."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


@contextmanager
def tenant(agency_id: int | None, **place: Any) -> Iterator[Context]:
    """Work inside one agency; who asks and from where stays. Scope is "agency" unless another is named."""
    trace = {"scope": "agency", "clients": {}, "projects": {}, "member_id": None, **place}
    with entered(replace(current(), agency_id=agency_id, **trace)) as context:
        yield context


@contextmanager
def traced(**trace: Any) -> Iterator[Context]:
    """Add to the trace (ip, ua, request_id, task, user_id) and keep the place."""
    with entered(replace(current(), **trace)) as context:
        yield context


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _ids(values: tuple[int, ...]) -> str:
    return ",".join(map(str, values))

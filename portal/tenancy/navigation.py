"""The menu. Apps put their entries in at start-up; the shell shows each reader those that are open to him."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Entry:
    """One place in the menu.

    view: URL name; of_client: whether it takes the client's slug; kinds: who sees it; area: which area must be open;
    whole: not for contacts to whom only some projects of the client are open;
    permission: what the role must allow; group: "", "center", "company", "admin"; bottom: also in the bar on phones;
    namespace: the entry is current on all pages of this URL namespace; pages: and on these;
    unread: (member, client) -> the rows that its badge counts; only: member -> whether it is for this one of them.
    """

    view: str
    icon: str
    label: Any
    kinds: tuple[str, ...] = ("specialist", "contact", "vendor")
    of_client: bool = False
    area: str = ""
    whole: bool = False
    permission: str = ""
    group: str = ""
    order: int = 100
    bottom: bool = False
    namespace: str = ""
    pages: tuple[str, ...] = ()
    tone: str = "mute"
    unread: Callable[[Any, Any], QuerySet] | None = field(default=None, compare=False)
    only: Callable[[Any], bool] | None = field(default=None, compare=False)

    def is_open_to(self, member, client) -> bool:
        """Whether the entry shows for this member at this client (None outside any client)."""
        if member.kind not in self.kinds or (self.of_client and client is None):
            return False
        if self.permission and not member.can(self.permission):
            return False
        if self.only and not self.only(member):
            return False
        if self.whole and client and client.pk in member.limited_client_ids:
            return False
        return not (self.area and client and not member.sees_area(client, self.area))

    def is_current(self, match) -> bool:
        """Whether the page of this resolver match lies at or below this place."""
        if match is None:
            return False
        below = bool(self.namespace) and self.namespace in (match.view_name, match.namespace)
        return below or match.view_name in (self.view, *self.pages)


@dataclass(frozen=True)
class Timer:
    """The timer in the frame. entry: the place in the menu whose figure says that it runs; in_frame: what is shown then."""

    entry: str
    start: str
    in_frame: Callable[[Any], dict]


entries: list[Entry] = []

# What higher rooms know of the shell; set in their AppConfig.ready.
letter_of: Callable[[Any, Any], dict | None] | None = None
timer: "Timer | None" = None
unread_of: Callable[[Any], QuerySet] | None = None
links: dict[str, str] = {}
"""Names of pages that the shell itself leads to: "bell", "bell_poll", "search", "settings", "security" -> URL name."""


def register(*new: Entry) -> None:
    """Add entries; called from AppConfig.ready."""
    entries.extend(new)
    entries.sort(key=lambda entry: entry.order)

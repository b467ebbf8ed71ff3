"""What can be searched: each app says how its kind of thing is shown. Nothing is found that its own page would not show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify

from portal.tenancy.models import Member

NEWEST = 20
"""So many hits of each kind are shown when only that kind is."""
FEW = 5
"""So many of each when several kinds are."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: where it is, its title, the text to quote from, and facts for the line below."""

    url: str
    title: str
    text: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Searchable:
    """A kind of thing. code: that of its entries; area: contacts to whom it is nowhere open are not asked for.

    show: of these ids, those that the member may see (through `visible_to`), each with its hit.
    behind_veil: its index knows words that are kept from readers who must not learn names of clients: what they look for instead
    of a word. What they find must then stand in what is shown to them.
    """

    code: str
    label: Any
    icon: str
    area: str
    show: Callable[[Member, list[int]], Iterable[tuple[int, Hit]]]
    behind_veil: Callable[[str], str] | None = None

    def is_open_to(self, member: Member) -> bool:
        if member.is_vendor:
            return self.area in member.vendor_areas
        return member.is_specialist or any(self.area in access.areas for access in member.accesses)

    def is_called(self, name: str) -> bool:
        """Whether `in:name` means it: its code, or the beginning of its name in the reader's language."""
        name = slugify(name)
        return bool(name) and (self.code.startswith(name) or slugify(str(self.label)).startswith(name))


_searchables: list[tuple[int, Searchable]] = []


def register(*searchables: Searchable, order: int) -> None:
    """Called from AppConfig.ready. order: whose hits come first; what there is most of comes last."""
    _searchables.extend((order, kind) for kind in searchables)
    _searchables.sort(key=lambda row: row[0])


def open_to(member: Member) -> list[Searchable]:
    """The kinds of things that the member sees anywhere."""
    return [kind for _order, kind in _searchables if kind.is_open_to(member)]

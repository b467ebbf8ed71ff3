"""What can be searched. Nothing is found that its own page would not show, for every app looks through `visible_to`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from portal.tenancy.models import Member
from portal.tenancy.models.base import MOST_WORDS

NEWEST = 20
"""So many hits of each kind are shown."""
BEFORE, CONTEXT = 60, 200
"""Letters in front of the first hit, and in all: two lines."""
MARKDOWN = re.compile(r"[#*`>|]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: where it is, its title, the text to quote from, and facts for the line below."""

    url: str
    title: str
    text: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Searchable:
    """A kind of thing. area: contacts to whom it is nowhere open are not asked for; find: the newest hits, `NEWEST` at most."""

    code: str
    label: Any
    icon: str
    area: str
    find: Callable[[Member, list[str]], Iterable[Hit]]

    def is_open_to(self, member: Member) -> bool:
        return not member.is_contact or bool(member.clients_of(self.area))


_searchables: list[Searchable] = []


def register(searchable: Searchable) -> None:
    """Called from AppConfig.ready."""
    _searchables.append(searchable)


def words_in(asked: str) -> list[str]:
    """The words to look for: each must be found."""
    return asked.replace("\0", " ").split()[:MOST_WORDS]


def find(member: Member, words: list[str]) -> list[tuple[Searchable, list[Hit]]]:
    """What the member may see and what has all these words, by kind; kinds without a hit are left out."""
    found = [(kind, list(kind.find(member, words))) for kind in _searchables if words and kind.is_open_to(member)]
    return [(kind, hits) for kind, hits in found if hits]


def quoted(text: str, words: list[str]) -> str:
    """Two lines of the text around the first hit, without marks of Markdown."""
    text = " ".join(MARKDOWN.sub(" ", text).split())
    first = _pattern(words).search(text)
    begin = max(0, first.start() - BEFORE) if first else 0
    begin = text.rfind(" ", 0, begin) + 1
    part = text[begin : begin + CONTEXT]
    return f"{'… ' if begin else ''}{part}{' …' if begin + CONTEXT < len(text) else ''}"


def marked(text: str, words: list[str]) -> list[tuple[str, bool]]:
    """The text in parts, and of each whether it is a word that was looked for."""
    parts = _pattern(words).split(text)
    return [(part, bool(number % 2)) for number, part in enumerate(parts) if part]


def _pattern(words: list[str]) -> re.Pattern:
    return re.compile("(" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")", re.I)

"""The shorthand of notes: `! decision`, `@anna fri action item`, `? open question`; every other line is a plain note.

Pure: text, people, a day and a language in; lines out. The browser shows the same lines, because it asks this module.
Days are understood in the protocol's language and in English; not in all, for "do" is a Thursday in German only.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from babel.dates import get_day_names, get_month_names

TODAY = {"en": "today", "de": "heute", "nb": "idag", "ru": "сегодня", "uk": "сьогодні", "hu": "ma"}
TOMORROW = {"en": "tomorrow", "de": "morgen", "nb": "imorgen", "ru": "завтра", "uk": "завтра", "hu": "holnap"}
NUMERIC = re.compile(r"(\d{1,2})[./](\d{1,2})[./]?(\d{2,4})?$")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
MARKED = re.compile(r"^\s*(?:[-*]\s+)?([!?@])\s*(.*)$", re.DOTALL)
NOTE, DECISION, TASK, QUESTION = "note", "decision", "task", "question"
LONGEST_NAME = 4
"""So many words may make up a name."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be named: id of the member and full name. was_there: of two with one name it is the one meant."""

    pk: int
    name: str
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is understood.

    kind: "note", "decision", "task" or "question". person and due_on: of a task. typed: the name as it was typed when nobody, or
    more than one, answers to it; the line then stays a plain note, and `candidates` are those who may be meant.
    """

    kind: str
    text: str
    person: Person | None = None
    due_on: date | None = None
    typed: str = ""
    candidates: tuple[Person, ...] = ()


def parse(text: str, people: Sequence[Person], *, on: date, language: str = "en") -> list[Line]:
    """The lines of a text, empty ones left out. `on`: the day of the meeting, from which weekdays count."""
    days = _Days(on, language if language in TODAY else "en")
    return [_line(raw.strip(), people, days) for raw in text.splitlines() if raw.strip()]


def chunks(text: str, people: Sequence[Person], *, on: date, language: str = "en") -> list[str | Line]:
    """The same in reading order for showing: what is plain stays as typed, blank lines and all, between marked lines."""
    days = _Days(on, language if language in TODAY else "en")
    found: list[str | Line] = []
    for raw in text.splitlines():
        line = _line(raw.strip(), people, days) if MARKED.match(raw) else None
        if line and line.kind != NOTE:
            found.append(line)
        elif found and isinstance(found[-1], str):
            found[-1] += f"\n{raw}"
        else:
            found.append(raw)
    return [chunk for chunk in found if not isinstance(chunk, str) or chunk.strip()]


def _line(raw: str, people: Sequence[Person], days: "_Days") -> Line:
    found = MARKED.match(raw)
    if not found or not found[2].strip():
        return Line(NOTE, raw)
    mark, rest = found[1], found[2].strip()
    if mark == "@":
        return _task(raw, rest, people, days)
    return Line(DECISION if mark == "!" else QUESTION, rest)


def _task(raw: str, rest: str, people: Sequence[Person], days: "_Days") -> Line:
    words = rest.split()
    for count in range(min(LONGEST_NAME, len(words)), 0, -1):
        name = " ".join(words[:count])
        named = _named(name.rstrip(",:"), people)
        if len(named) == 1:
            due, text = days.first_of(words[count:])
            return Line(TASK, text, named[0], due) if text else Line(NOTE, raw, typed=name, candidates=tuple(named))
    typed = words[0].rstrip(",:")
    return Line(NOTE, raw, typed=typed, candidates=tuple(_named(typed, people)))


def _named(name: str, people: Sequence[Person]) -> list[Person]:
    """Whose full name, first name or last name it is; else whose first name begins so. Who was there goes before."""
    plain = _plain(name)
    found = [person for person in people if plain in _forms(person.name)]
    if not found and " " not in plain and len(plain) > 1:
        found = [person for person in people if _plain(person.name).startswith(plain)]
    return [person for person in found if person.was_there] or found


@lru_cache(maxsize=4096)
def _forms(name: str) -> frozenset[str]:
    plain = _plain(name)
    words = plain.split()
    return frozenset({plain, *words[:1], *words[-1:]})


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Lower case without accents, so that "Jörg" answers to "jorg"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@dataclass(frozen=True, slots=True)
class _Days:
    """Understands days, counted from that of the meeting."""

    on: date
    language: str

    def first_of(self, words: list[str]) -> tuple[date | None, str]:
        """The day at the beginning, if there is one, and the rest."""
        for count in (2, 1):
            due = self._day(" ".join(words[:count])) if len(words) >= count else None
            if due:
                return due, " ".join(words[count:])
        return None, " ".join(words)

    def _day(self, text: str) -> date | None:
        word = text.casefold().rstrip(".,:")
        for ahead, names in enumerate((TODAY, TOMORROW)):
            if word in (names["en"], names[self.language]):
                return self.on + timedelta(days=ahead)
        weekday = _weekdays(self.language).get(_plain(word))
        if weekday is not None:
            return self.on + timedelta(days=(weekday - self.on.weekday() - 1) % 7 + 1)
        return self._dated(word) or self._named_month(word)

    def _dated(self, word: str) -> date | None:
        if found := ISO.match(word):
            return _date(int(found[1]), int(found[2]), int(found[3]))
        if found := NUMERIC.match(word):
            year = int(found[3]) if found[3] else 0
            return self._coming(int(found[2]), int(found[1]), year + 2000 if 0 < year < 100 else year)
        return None

    def _named_month(self, text: str) -> date | None:
        """ "27 nov" or "nov 27"."""
        words = text.replace(".", "").split()
        if len(words) != 2:
            return None
        number, name = words if words[0].isdecimal() else words[::-1]
        month = _months(self.language).get(_plain(name))
        return self._coming(month, int(number), 0) if month and number.isdecimal() and len(number) < 3 else None

    def _coming(self, month: int, day: int, year: int) -> date | None:
        """Without a year it is the next such day."""
        this = _date(year or self.on.year, month, day)
        return this if year or (this and this >= self.on) else _date(self.on.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache
def _weekdays(language: str) -> dict[str, int]:
    return dict(_names(get_day_names, ("abbreviated", "short", "wide"), language))


@lru_cache
def _months(language: str) -> dict[str, int]:
    return dict(_names(get_month_names, ("abbreviated", "wide"), language))


def _names(names_of, widths: Iterable[str], language: str):
    for spoken in ("en", language):
        for width in widths:
            for context in ("format", "stand-alone"):
                for number, name in names_of(width, context=context, locale=spoken).items():
                    yield _plain(name.rstrip(".")), number

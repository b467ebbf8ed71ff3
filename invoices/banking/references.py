"""Numbers of invoices in what payers write: with typos, blanks, other signs between, zeros left out, years left out."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from django.utils.translation import gettext_lazy as _

MOST_WORDS = 60
"""Of a text are looked at; a bank transmits 140 letters."""
LONGEST_NUMBER = 4
"""Words that a number may be spread over: "2026 - 04 18"."""
SHORTEST_TYPO = 6
"""Digits that a number must have to be known with one of them wrong."""
_DIGITS = re.compile(r"\d+")
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_NUMBERISH = re.compile(r"[A-Z0-9]*\d[A-Z0-9]*")
_MARK = re.compile(
    r"(RECHNUNG|RECHN|RECH|RNR|RG|RE|INVOICE|INV|FAKTURA|FAKTURERING|FAKT|СЧЕТ|СЧЁТ|РАХУНОК|SZAMLA|SZLA|NUMMER|NR|NO|№|#)\W*$"
)


class Found(IntEnum):
    """How a number was found, the surest last."""

    NOTHING = 0
    SHORT = 1
    TYPO = 2
    SEQUENCE = 3
    NO_ZEROS = 4
    EXACT = 5

    @property
    def words(self):
        return {
            Found.SHORT: _("last digits of the number"),
            Found.TYPO: _("number with a typo"),
            Found.SEQUENCE: _("number without its year"),
            Found.NO_ZEROS: _("number without a zero"),
            Found.EXACT: _("number"),
        }.get(self, "")


@dataclass(frozen=True)
class Run:
    """Digits as they stand in a text, perhaps spread over `words` words. marked: behind "RG", "Invoice" and the like."""

    digits: str
    words: int
    marked: bool


class Numbers:
    """The numbers of open invoices, asked with what a payer wrote. One look costs the same for ten and for 10,000."""

    def __init__(self, numbers: Iterable[tuple[Hashable, str]]) -> None:
        self._whole: dict[str, set[Hashable]] = defaultdict(set)
        self._without_zeros: dict[str, set[Hashable]] = defaultdict(set)
        self._last: dict[str, set[Hashable]] = defaultdict(set)
        self._nearly: dict[str, set[tuple[Hashable, str]]] = defaultdict(set)
        for key, number in numbers:
            self._add(key, _DIGITS.findall(number))

    def _add(self, key: Hashable, parts: list[str]) -> None:
        if not parts:
            return
        whole = "".join(parts)
        self._whole[whole].add(key)
        self._without_zeros["".join(parts[:-1]) + parts[-1].lstrip("0")].add(key)
        self._last[parts[-1]].add(key)
        self._last[parts[-1].lstrip("0")].add(key)
        if len(whole) >= SHORTEST_TYPO:
            for form in _one_less(whole):
                self._nearly[form].add((key, whole))

    def found_in(self, text: str) -> dict[Hashable, Found]:
        """The invoices that the text names, each with the surest way in which it does."""
        found: dict[Hashable, Found] = {}
        for run in runs_of(text):
            for key, how in self._named_by(run):
                found[key] = max(how, found.get(key, Found.NOTHING))
        return found

    def _named_by(self, run: Run) -> Iterable[tuple[Hashable, Found]]:
        yield from ((key, Found.EXACT) for key in self._whole.get(run.digits, ()))
        yield from ((key, Found.NO_ZEROS) for key in self._without_zeros.get(run.digits, ()))
        if run.words == 1:
            how = Found.SEQUENCE if run.marked and len(run.digits) > 2 else Found.SHORT
            yield from ((key, how) for key in self._last.get(run.digits, ()))
        if len(run.digits) >= SHORTEST_TYPO - 1:
            near = {hit for form in _one_less(run.digits) for hit in self._nearly.get(form, ())}
            yield from ((key, Found.TYPO) for key, whole in near if is_one_off(run.digits, whole))


def runs_of(text: str) -> list[Run]:
    """Every way to read digits out of a text: single words, and up to four neighbours together."""
    words = [(match.group().translate(_LOOKALIKES), match.start()) for match in _NUMBERISH.finditer(text.upper())]
    pieces = [
        (digits.group(), bool(_MARK.search(text.upper()[:start] + word[: digits.start()])))
        for word, start in words[:MOST_WORDS]
        for digits in _DIGITS.finditer(word)
    ]
    found = []
    for first in range(len(pieces)):
        for words_taken in range(1, LONGEST_NUMBER + 1):
            part = pieces[first : first + words_taken]
            if len(part) == words_taken:
                found.append(Run("".join(digits for digits, _marked in part), words_taken, part[0][1]))
    return found


def is_one_off(one: str, other: str) -> bool:
    """One digit wrong, missing or too many, or two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) != len(other):
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        return shorter in _one_less(longer)
    places = [number for number, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) == 1:
        return True
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and one[places[0]] == other[places[1]]
        and one[places[1]] == other[places[0]]
    )


def _one_less(digits: str) -> set[str]:
    """The digits themselves and all forms with one of them left out: whoever shares a form is at most one edit away, or nearly."""
    return {digits} | {digits[:place] + digits[place + 1 :] for place in range(len(digits))}

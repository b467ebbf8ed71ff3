"""Names of payers and clients, compared as people would: "HANSE MOEBELWERK GMBH" pays for Hanse Möbelwerk."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

SPELT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "ő": "oe", "ű": "ue"}
)
FORMS = frozenset(
    "gmbh mbh ag kg ohg gbr ug ek ev eg se co cokg as asa ans ltd limited plc llc inc corp kft bt zrt nyrt ooo тов ооо"
    " зао ао пп фоп ип und and og i und the der die das".split()
)
SAME = 0.6
"""The share of a client's words from which on a name counts as the same."""
SHORTEST = 4
"""Letters of a beginning that stand for a word: banks cut names off."""


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """What tells companies apart: lower case, spelt without umlauts, without legal forms and single letters."""
    spelt = unicodedata.normalize("NFKC", name).lower().translate(SPELT)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(sign))
    return tuple(word for word in re.findall(r"\w+", plain) if len(word) > 1 and word not in FORMS)


def is_same(payer: str, names: Iterable[str]) -> bool:
    """Whether the payer is probably one of these names of a client."""
    given = words_of(payer)
    return any(_likeness(given, words_of(name)) >= SAME for name in names) if given else False


def _likeness(given: tuple[str, ...], wanted: tuple[str, ...]) -> float:
    if not wanted:
        return 0
    found = sum(len(word) for word in wanted if any(_begins(word, other) for other in given))
    return found / sum(map(len, wanted))


def _begins(word: str, other: str) -> bool:
    shorter = min(len(word), len(other))
    return word == other or (shorter >= SHORTEST and word[:shorter] == other[:shorter])

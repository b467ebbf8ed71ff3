"""The keys of tickets as their reader gets them: the letters are the client's initials, so behind the veil `HM-214` is `T-214`.

The number stays, so that vendor and agency talk of the same one. What is stored and what is found by keeps the letters.
"""

import re

from portal.core.context import current

NEUTRAL = "T"
TYPED = re.compile(rf"(?:{NEUTRAL}-)?(\d{{1,9}})", re.IGNORECASE)


def shown(key: str) -> str:
    """What the reader sees instead of a key."""
    return f"{NEUTRAL}-{_number(key)}" if current().veiled else key


def shown_in(text: str, key: str) -> str:
    """A text in which keys of the same client may stand, such as that of a merged ticket."""
    if not current().veiled:
        return text
    letters = key.rpartition("-")[0]
    return re.sub(rf"\b{re.escape(letters)}-(?=\d)", f"{NEUTRAL}-", text, flags=re.IGNORECASE)


def shown_words(payload: dict) -> dict:
    """The words of an event (`portal.events.kinds.Kind.said`)."""
    return {**payload, **{name: shown(payload[name]) for name in ("key", "into") if name in payload}}


def number_in(word: str) -> int | None:
    """The number of the ticket that somebody behind the veil means by this word."""
    found = TYPED.fullmatch(word)
    return int(found[1]) if found and int(found[1]) < 2**31 else None


def looked_for(word: str) -> str:
    """The same as it stands in the index of the search, where the key has other letters."""
    number = number_in(word)
    return word if number is None else f"-{number}" if "-" in word else str(number)


def _number(key: str) -> str:
    return key.rpartition("-")[2]

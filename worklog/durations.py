"""What people type for time: "90m", "1:30", "1.5", "1,5", "2h", "1h 30m", "45", "9-10:30".

Bare whole numbers below 10 are hours, others minutes: nobody logs two minutes, and nobody works for 45 hours a day.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

DAY = 24 * 60
SMALLEST_OF_MINUTES = 10

_RANGE = re.compile(r"^(\d{1,2})(?:[:.]?(\d{2}))?\s*(?:h|uhr)?\s*[-–—]\s*(\d{1,2})(?:[:.]?(\d{2}))?\s*(?:h|uhr)?$")
_CLOCK = re.compile(r"^(\d{1,4}):(\d{2})\s*h?$")
_UNITS = re.compile(r"^(?:(\d{1,4}(?:[.,]\d{1,2})?)\s*(?:h|hr|hrs|std)\.?)?\s*(?:(\d{1,5})\s*(?:m|min|mins)?\.?)?$")
_DECIMAL = re.compile(r"^(\d{0,4})[.,](\d{1,2})$")
_WHOLE = re.compile(r"^\d{1,5}$")


@dataclass(frozen=True, slots=True)
class Typed:
    """minutes: of the duration; of a span by the clock on the wall. start, end: minutes since midnight, of a span only.

    An end at or before the start lies on the next day and is counted on (25:00 is 1500).
    """

    minutes: int
    start: int | None = None
    end: int | None = None


def read(text: str, *, most: int = DAY) -> Typed | None:
    """What was meant; None for what is no time, or longer than `most` minutes."""
    text = " ".join(text.casefold().split())
    typed = _read(text) if text.isascii() or "–" in text or "—" in text else None
    return typed if typed and 1 <= typed.minutes <= most else None


def _read(text: str) -> Typed | None:
    if found := _RANGE.match(text):
        return _span(*found.groups())
    if found := _CLOCK.match(text):
        return Typed(int(found[1]) * 60 + int(found[2])) if int(found[2]) < 60 else None
    if _WHOLE.match(text):
        number = int(text)
        return Typed(number if number >= SMALLEST_OF_MINUTES else number * 60)
    if found := _DECIMAL.match(text):
        return Typed(_minutes_of(f"{found[1] or 0}.{found[2]}"))
    if (found := _UNITS.match(text)) and (found[1] or found[2]):
        hours = _minutes_of(found[1].replace(",", ".")) if found[1] else 0
        return Typed(hours + int(found[2] or 0))
    return None


def _minutes_of(hours: str) -> int:
    """Half a minute is rounded up, so "0.33" is 20 minutes."""
    return int(Decimal(hours) * 60 + Decimal("0.5"))


def _span(start_hour: str, start_minute: str | None, end_hour: str, end_minute: str | None) -> Typed | None:
    start, end = (
        int(hour) * 60 + int(minute or 0) for hour, minute in ((start_hour, start_minute), (end_hour, end_minute))
    )
    if start >= DAY or end > DAY or int(start_minute or 0) >= 60 or int(end_minute or 0) >= 60:
        return None
    if end <= start:
        end += DAY
    return Typed(end - start, start, end)


def split_words(line: str) -> tuple[str, Typed | None]:
    """A time at the end or the beginning of a line, and the words without it: "Call with Katrin 1:30"."""
    words = line.split()
    for here, rest in ((words[-1:], words[:-1]), (words[:1], words[1:])):
        if here and rest and not _WHOLE.match(here[0]) and (typed := read(here[0])):
            return " ".join(rest), typed
    return " ".join(words), None

"""What somebody typed into the search box, taken apart: words, "exact phrases", -words, from: in: before: after: dates."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import pgettext

NO_WORD = re.compile(r"[\s<>\\]+")
MOST = 8
"""So many words, and so many phrases, are looked for."""
PART = re.compile(r'(?P<no>-)?(?:(?P<key>\w{2,12}):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?|(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass
class Asked:
    """words: each must be there, as a beginning or as a form of it; phrases: exactly so; without: none of them.

    sender: part of a name or an address; places: kinds of things, or clients; since, before: moments in the reader's zone.
    """

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    sender: str = ""
    places: list[str] = field(default_factory=list)
    since: datetime | None = None
    before: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.phrases or self.sender or self.since or self.before)


def understood(text: str) -> Asked:
    """Take the line apart. What makes no sense as a filter is looked for as a word."""
    asked = Asked()
    for part in PART.finditer(text.replace("\0", " ")):
        value = part["phrase"] if part["phrase"] is not None else part["word"]
        if not any(map(str.isalnum, value)) or (part["key"] and _filtered(asked, part["key"].lower(), value)):
            continue
        _looked_for(asked, part, value)
    return asked


def _looked_for(asked: Asked, part: re.Match, value: str) -> None:
    value = " ".join(NO_WORD.split(f"{part['key'] or ''} {value}")).strip()
    kept = asked.words if part["phrase"] is None else asked.phrases
    chosen = asked.without if part["no"] else kept
    if len(chosen) < MOST:
        chosen.append(value)


def _filtered(asked: Asked, key: str, value: str) -> bool:
    """Whether it is a filter, in English or in the reader's language."""
    if key in ("from", pgettext("search filter: who wrote it", "from")):
        asked.sender = value
    elif key in ("in", pgettext("search filter: where it is", "in")):
        asked.places.append(value)
    elif period := _period(value):
        if key in ("after", pgettext("search filter: not before this day", "after")):
            asked.since = period[0]
        elif key in ("before", pgettext("search filter: before this day", "before")):
            asked.before = period[0]
        elif key in ("on", pgettext("search filter: on this day", "on")):
            asked.since, asked.before = period
        else:
            return False
    else:
        return False
    return True


def _period(value: str) -> tuple[datetime, datetime] | None:
    """Beginning and end of a year, a month or a day, written 2026, 2026-03, 2026-03-09 or 9.3.2026."""
    found = DAY.fullmatch(value)
    if not found:
        return None
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        if day:
            end = first + timedelta(days=1)
        else:
            end = date(first.year + (not month or first.month == 12), first.month % 12 + 1 if month else 1, 1)
    except (ValueError, OverflowError):
        return None
    zone = timezone.get_current_timezone()
    return datetime(first.year, first.month, first.day, tzinfo=zone), datetime(
        end.year, end.month, end.day, tzinfo=zone
    )

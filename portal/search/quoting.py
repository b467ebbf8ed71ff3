"""Two lines of a text around the first hit, with what was looked for marked."""

import re
from collections.abc import Iterable

BEFORE, CONTEXT = 60, 200
"""Letters in front of the first hit, and in all: two lines."""
MARKDOWN = re.compile(r"[#*`>|]+")
NOTHING = re.compile(r"(?!)")


def quoted(text: str, stems: Iterable[str]) -> str:
    """Two lines around the first hit, without marks of Markdown."""
    text = " ".join(MARKDOWN.sub(" ", text).split())
    first = _pattern(stems).search(text)
    begin = max(0, first.start() - BEFORE) if first else 0
    begin = text.rfind(" ", 0, begin) + 1
    part = text[begin : begin + CONTEXT]
    return f"{'… ' if begin else ''}{part}{' …' if begin + CONTEXT < len(text) else ''}"


def marked(text: str, stems: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in parts, and of each whether it is a word that begins with a stem."""
    parts = _pattern(stems).split(text)
    return [(part, bool(number % 2)) for number, part in enumerate(parts) if part]


def _pattern(stems: Iterable[str]) -> re.Pattern:
    """Whole words that begin so; a stem that ends in a sign is marked alone."""
    found = [re.escape(stem) for stem in sorted(stems, key=len, reverse=True) if stem.strip()]
    return re.compile(rf"((?<!\w)(?:{'|'.join(found)})\w*)", re.IGNORECASE) if found else NOTHING

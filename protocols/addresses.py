"""Addresses in what people type as the place of a talk, so that whoever is invited joins with one click.

An address as it is, or words for it as in Markdown: "[Video room](https://meet.example/jour-fixe)".
"""

import re

BARE = r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]"
NAMED = r"\[(?P<words>[^\[\]]+)\]\((?P<behind>https?://[^\s<>\"'()]+)\)"
ADDRESS = re.compile(f"{NAMED}|{BARE}", re.IGNORECASE)

Part = tuple[str, str]
"""Some of the text, and the address that it leads to ("" when it leads nowhere)."""


def in_parts(text: str) -> list[Part]:
    """The text in reading order. Only http and https are followed; what a script could hide in stays text."""
    parts: list[Part] = []
    end = 0
    for found in ADDRESS.finditer(text):
        parts += [(text[end : found.start()], ""), (found["words"] or found[0], found["behind"] or found[0])]
        end = found.end()
    return [part for part in [*parts, (text[end:], "")] if part[0]]


def in_words(text: str) -> str:
    """The text where no link can be shown: words with their address behind them."""
    return "".join(f"{words} ({to})" if to not in ("", words) else words for words, to in in_parts(text))


def in_short(text: str) -> str:
    """The text where there is little room and something else is opened: words alone."""
    return "".join(words for words, _to in in_parts(text))

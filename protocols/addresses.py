"""Addresses in what people type as the place of a talk, so that whoever is invited joins with one click."""

import re

ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]", re.IGNORECASE)

Part = tuple[str, bool]
"""Some of the text, and whether it is an address to follow."""


def in_parts(text: str) -> list[Part]:
    """The text in reading order. Only http and https are followed; what a script could hide in stays text."""
    parts: list[Part] = []
    end = 0
    for found in ADDRESS.finditer(text):
        parts += [(text[end : found.start()], False), (found[0], True)]
        end = found.end()
    return [part for part in [*parts, (text[end:], False)] if part[0]]

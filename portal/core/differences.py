"""What changed between two texts, word by word.

`difference(old, new)` is HTML with <ins> and <del>, everything else escaped; `parts(old, new)` is the same as data.
The cost grows with the length of the texts: what both begin and end with is set aside first, texts of more than
`MOST_WORDS` words are compared by lines, and difflib leaves out words that stand everywhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MOST_WORDS = 4000
"""Of both texts together, after setting aside what they share at both ends."""
WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
LINES = re.compile(r"[^\n]*\n|[^\n]+")
Kind = Literal["same", "new", "old"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text: in both, only in the new one, or only in the old one."""

    kind: Kind
    text: str


def difference(old: str, new: str) -> SafeString:
    """Both texts in one, what is gone in <del> and what came in <ins>. Line breaks stay as they are."""
    return format_html_join("", "{}", ((_marked(part),) for part in parts(old, new)))


def parts(old: str, new: str) -> list[Part]:
    """The pieces in reading order, neighbours of one kind joined; without the "new" ones they are the old text."""
    return _joined(_compared(old, new))


def _compared(old: str, new: str) -> Iterator[Part]:
    before, after = WORDS.findall(old), WORDS.findall(new)
    head, tail = _shared_ends(before, after)
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    yield Part("same", "".join(before[:head]))
    if len(middle[0]) + len(middle[1]) > MOST_WORDS:
        middle = LINES.findall("".join(middle[0])), LINES.findall("".join(middle[1]))
    if len(middle[0]) + len(middle[1]) > MOST_WORDS:
        yield from _replaced(*middle)
    else:
        yield from _matched(*middle)
    yield Part("same", "".join(before[len(before) - tail :]))


def _shared_ends(before: list[str], after: list[str]) -> tuple[int, int]:
    """How many words both begin with, and how many of the rest they end with."""
    most, head, tail = min(len(before), len(after)), 0, 0
    while head < most and before[head] == after[head]:
        head += 1
    while tail < most - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return head, tail


def _matched(before: list[str], after: list[str]) -> Iterator[Part]:
    # A word is the same whatever space follows it; the new spacing is shown.
    keys = [word.rstrip() or "\n" for word in before], [word.rstrip() or "\n" for word in after]
    for how, i1, i2, j1, j2 in SequenceMatcher(None, *keys).get_opcodes():
        if how == "equal":
            yield Part("same", "".join(after[j1:j2]))
        else:
            yield from _replaced(before[i1:i2], after[j1:j2])


def _replaced(before: list[str], after: list[str]) -> Iterator[Part]:
    yield Part("old", "".join(before))
    yield Part("new", "".join(after))


def _joined(found: Iterator[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in found:
        if joined and joined[-1].kind == part.kind:
            joined[-1] = Part(part.kind, joined[-1].text + part.text)
        elif part.text:
            joined.append(part)
    return joined


def _marked(part: Part) -> SafeString | str:
    if part.kind == "same":
        return part.text
    text = part.text.rstrip()
    space = part.text[len(text) :]
    tag = "ins" if part.kind == "new" else "del"
    return format_html(f"<{tag}>{{}}</{tag}>{{}}", text, space) if text else space

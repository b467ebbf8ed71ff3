"""Where, in the HTML of a mail, everything is quoted from: Outlook and phones put headers above what they quote and no `<blockquote>`."""

import html
import re
from dataclasses import dataclass, field

from portal.mail import quotes

PIECE = re.compile(r'([^<]*+)<(/?)([a-z][a-z0-9]*+)((?:[^"<>]|"[^"]*+")*+)>', re.IGNORECASE)
"""Text and the tag behind it. A text that goes on otherwise is not sanitised HTML; there the search ends."""
WITHOUT_END = set("area br col hr img wbr".split())
INLINE = set(
    "a abbr b big cite code del dfn em font i img ins kbd mark q s samp small span strike strong sub sup tt u var wbr".split()
)
INSIDE_OTHERS = set("caption col colgroup dd dt li tbody td tfoot th thead tr".split())
"""Nothing may stand around them but what they belong to."""


@dataclass
class _Element:
    name: str
    place: int
    has_text: bool = False


@dataclass
class _Line:
    """place: where a fold would begin that begins with this line; parent: the element in which it would end, None for the whole."""

    words: list[str]
    place: int
    parent: _Element | None


@dataclass
class _Reading:
    """The lines that a reader sees. ends: where each element ends that is a parent of a line, by its place."""

    lines: list[_Line] = field(default_factory=list)
    stack: list[_Element] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)
    is_new: bool = True
    quotations: int = 0

    def take_text(self, text: str, place: int) -> None:
        text = " ".join(html.unescape(text).split())
        if not text:
            return
        if self.is_new:
            self.lines.append(_Line([">"] if self.quotations else [], *self._begin(place)))
        self.lines[-1].words.append(text)
        self.is_new = False
        for element in reversed(self.stack):
            if element.has_text:
                break  # then those around it have some, too
            element.has_text = True

    def _begin(self, place: int) -> tuple[int, _Element | None]:
        """Before the outermost element of which this is the first text; else here."""
        first = len(self.stack)
        while first and not self.stack[first - 1].has_text:
            first -= 1
        while first < len(self.stack) and self.stack[first].name in INSIDE_OTHERS:
            first += 1
        parent = self.stack[first - 1] if first else None
        return (self.stack[first].place if first < len(self.stack) else place), parent

    def take_tag(self, closes: bool, name: str, place: int) -> bool:
        """False where the elements do not fit into each other."""
        self.is_new = self.is_new or name not in INLINE
        if name in WITHOUT_END:
            return True
        if not closes:
            self.stack.append(_Element(name, place))
        elif not self.stack or self.stack[-1].name != name:
            return False
        else:
            self.ends[self.stack.pop().place] = place
        if name == "blockquote":
            self.quotations += -1 if closes else 1
        return True


def span(markup: str) -> tuple[int, int] | None:
    """Where the fold begins and ends; None when nothing is quoted so, or nothing else is said. Linear."""
    reading, place = _Reading(), 0
    while piece := PIECE.match(markup, place):
        reading.take_text(piece[1], place)
        if not reading.take_tag(bool(piece[2]), piece[3].lower(), piece.end(1)):
            return None
        place = piece.end()
    reading.take_text(markup[place:].partition("<")[0], place)
    first = quotes.rest([" ".join(line.words) for line in reading.lines])
    if not 0 < first < len(reading.lines):
        return None
    begin = reading.lines[first]
    end = reading.ends.get(begin.parent.place) if begin.parent else len(markup)
    return (begin.place, end) if end else None

"""What a person wrote in a reply, without what the mail program quoted and put underneath. Linear, and never raises.

A text is read line by line. What stands between quoted lines is an answer to them, so those stay. When nothing is left,
the doubt goes in favour of the writer: only lines of the mail that is answered are left out then.
"""

import re
from collections.abc import Iterator

from portal.mail.quote_marks import (
    ADDRESS,
    CLAUSE,
    CLOCK,
    DELIMITER,
    FOOT,
    FORWARDED,
    HEADER,
    LONGEST,
    MOBILE,
    OPENER,
    PLACE,
    QUOTED,
    RULE,
    SEPARATOR,
    VERB,
    YEAR,
)

OWN, BLANK, QUOTE, INTRODUCTION, SIGNATURE, DEVICE, REST = (
    "own",
    "blank",
    "quote",
    "introduction",
    "sign",
    "device",
    "rest",
)
MOST_CHARACTERS = 200_000
MOST_SIGNATURE_LINES = 12
LONGEST_OF_SIGNATURES = 72
SENTENCE_ENDS = (".", "!", "?")
MOST_FOOTER_LINES = 5
MOST_QUOTED_LINES = 12
MOST_INTRODUCTION_LINES = 4
HEADER_WINDOW = 9
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
WORDS = re.compile(r"\w+")
BLANKS = re.compile(r"\n{3,}")


def cut(text: str, answered: str = "") -> str:
    """The person's own words. answered: the text of the mail to which it replies, to know its lines by."""
    lines = [line.replace("\xa0", " ").rstrip() for line in INVISIBLE.sub("", text[:MOST_CHARACTERS]).split("\n")]
    marks = _marked(lines)
    if OWN not in marks:
        marks = _in_doubt(lines, marks, answered)
    return BLANKS.sub("\n\n", "\n".join(_kept(lines, marks))).strip()


def pieces(text: str) -> list[tuple[bool, str]]:
    """The whole text in order: (whether the piece is quoted, its lines). Nothing is quoted where nothing else is said."""
    lines = text.split("\n")
    marks = _marked([INVISIBLE.sub("", line).replace("\xa0", " ").rstrip() for line in lines])
    found: list[tuple[bool, list[str]]] = []
    for line, mark in zip(lines, marks, strict=True):
        is_quoted = mark in (QUOTE, INTRODUCTION, REST)
        if found and (mark == BLANK or found[-1][0] == is_quoted):
            found[-1][1].append(line)
        else:
            found.append((is_quoted, [line]))
    return [(is_quoted and OWN in marks, "\n".join(part)) for is_quoted, part in found]


def rest(lines: list[str]) -> int:
    """The first line from which on everything is quoted without marks of its own; the number of lines when there is none."""
    return _rest(lines, _with_quotes(lines))


def _marked(lines: list[str]) -> list[str]:
    marks = _with_quotes(lines)
    first = _rest(lines, marks)
    marks[first:] = [REST] * (len(lines) - first)
    _mark_signatures(lines, marks)
    return marks


def _with_quotes(lines: list[str]) -> list[str]:
    marks = [BLANK if not line.strip() else QUOTE if QUOTED.match(line) else OWN for line in lines]
    for end in range(len(lines)):
        if marks[end] == OWN and (start := _introduction(lines, marks, end)) is not None:
            marks[start : end + 1] = [INTRODUCTION] * (end + 1 - start)
    return marks


# --- "On 19 November Anna wrote:" --------------------------------------------------------------------------------


def _introduction(lines: list[str], marks: list[str], end: int) -> int | None:
    """Where the introduction of a quote begins that ends in this line; None when none does.

    It may be folded over several lines. One that begins like a date or with "On" is taken whole; of others the
    shortest, since the line above may be the person's own.
    """
    if not lines[end].endswith(":") or len(lines[end]) > LONGEST:
        return None
    is_quoted, shortest, joined = _next_mark(marks, end) == QUOTE, None, ""
    for start in range(end, max(-1, end - MOST_INTRODUCTION_LINES), -1):
        joined = f"{lines[start].strip()} {joined}".strip()
        if marks[start] != OWN or len(joined) > LONGEST:
            break
        if _introduces(joined, is_quoted):
            if OPENER.match(joined):
                return start
            shortest = start if shortest is None else shortest
    return shortest


def _introduces(line: str, is_quoted: bool) -> bool:
    """Whether this line says who wrote what comes next. is_quoted: whether that carries marks of its own."""
    verb, address = VERB.search(line), ADDRESS.search(line)
    if verb and (is_quoted or address or (CLOCK.search(line) and YEAR.search(line) and OPENER.match(line))):
        return True
    return bool(address and YEAR.search(line) and CLOCK.search(line))


def _next_mark(marks: list[str], index: int) -> str:
    for mark in marks[index + 1 : index + 4]:
        if mark != BLANK:
            return mark
    return BLANK


# --- Headers, separators: the rest is quoted without marks ---------------------------------------------------------


def _rest(lines: list[str], marks: list[str]) -> int:
    """The first line from which on everything is quoted; the number of lines when there is none."""
    is_forwarded = False
    for index, line in enumerate(lines):
        if marks[index] == INTRODUCTION and _next_mark(marks, index) == OWN:
            return index
        if marks[index] != OWN or len(line) > LONGEST:
            continue
        if FORWARDED.match(line):
            is_forwarded = True
        elif SEPARATOR.match(line):
            return index
        elif not is_forwarded and _heads(lines, index):
            return index - 1 if index and RULE.match(lines[index - 1]) else index
    return len(lines)


def _heads(lines: list[str], index: int) -> bool:
    """Whether the headers of a quoted mail begin here."""
    first = HEADER.match(lines[index])
    if not first or first.lastgroup not in ("from", "date", "subject"):
        return False
    window = (HEADER.match(line[:LONGEST]) for line in lines[index : index + HEADER_WINDOW])
    return len({found.lastgroup for found in window if found}) >= 3


# --- Signatures -------------------------------------------------------------------------------------------------------


def _mark_signatures(lines: list[str], marks: list[str]) -> None:
    """From the end upwards: what a device adds, and what stands below "-- " when it is short."""
    is_end = True
    below: list[int] = []
    for index in range(len(lines) - 1, -1, -1):
        if marks[index] in (QUOTE, INTRODUCTION, REST):
            is_end, below = True, []
        elif marks[index] == OWN:
            below.append(index)
            if len(below) <= MOST_FOOTER_LINES and _is_footer(lines, below):
                for place in below:
                    marks[place] = SIGNATURE
                is_end = True
            elif is_end and _is_of_a_device(lines[index]):
                marks[index] = DEVICE
            elif DELIMITER.match(lines[index]) and len(below) <= MOST_SIGNATURE_LINES:
                for place in below:
                    marks[place] = SIGNATURE
                is_end = True
            else:
                is_end = False


def _is_of_a_device(line: str) -> bool:
    """Like "Sent from my iPhone", but not a whole sentence that begins so."""
    line = line.strip()
    return len(line) <= LONGEST and bool(MOBILE.match(line)) and not CLAUSE.search(line)


def _is_footer(lines: list[str], below: list[int]) -> bool:
    """What a mailing list puts underneath: a rule, its name, its address."""
    rest = [lines[place] for place in below[:-1]]
    return bool(FOOT.match(lines[below[-1]])) and bool(rest) and any(PLACE.search(line[:LONGEST]) for line in rest)


# --- What stays -------------------------------------------------------------------------------------------------------


def _in_doubt(lines: list[str], marks: list[str], answered: str) -> list[str]:
    """Nothing seemed to be the person's own: sentences below "-- " may be, and what is no line of the answered mail."""
    below = [line for line, mark in zip(lines, marks, strict=True) if mark == SIGNATURE]
    if any(len(line) > LONGEST_OF_SIGNATURES or line.endswith(SENTENCE_ENDS) for line in below):
        return [OWN if mark == SIGNATURE else mark for mark in marks]
    known = {_words(line) for line in answered.split("\n")} | {""}
    return [_doubted(line, mark, known) for line, mark in zip(lines, marks, strict=True)]


def _doubted(line: str, mark: str, known: set[str]) -> str:
    if mark != REST:
        return mark
    is_frame = (
        QUOTED.match(line)
        or HEADER.match(line[:LONGEST])
        or SEPARATOR.match(line[:LONGEST])
        or _introduces(line[:LONGEST], True)
    )
    return REST if is_frame or _words(line) in known else OWN


def _words(line: str) -> str:
    return " ".join(WORDS.findall(line.casefold()))


def _kept(lines: list[str], marks: list[str]) -> Iterator[str]:
    """The own lines, and between them the end of what they answer."""
    places = [index for index, mark in enumerate(marks) if mark == OWN]
    if not places:
        return
    is_between = QUOTE in marks[places[0] : places[-1]]
    quoted: list[str] = []
    for line, mark in zip(lines[: places[-1] + 1], marks, strict=False):
        if mark == QUOTE and is_between:
            quoted.append(line.strip())
        elif mark in (OWN, BLANK):
            if mark == OWN and quoted:
                yield from ("", *quoted[-MOST_QUOTED_LINES:], "")
                quoted = []
            yield line

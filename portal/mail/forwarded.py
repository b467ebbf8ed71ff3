"""Mails that pass another mail on: inside as a mail of its own, or written into the text below a mark."""

import re

from portal.mail.headers import headers_of, people, raw_header
from portal.mail.parsed import Attachment, Forwarded, Person
from portal.mail.quote_marks import FORWARDED, HEADER, LONGEST, SEPARATOR
from portal.mail.text import clean_line, decode_header

SUBJECT = re.compile(r"\s*(?:fwd?|wg|tr|vs|пересл|továbbítás|i)\s?:", re.IGNORECASE)
ADDRESS = re.compile(
    r"[<(\[]\s?(?:mailto:)?([^\s<>()\[\]]{1,64}@[^\s<>()\[\]]{1,253})[>)\]]|^([^\s<>()\[\]]{1,64}@[^\s<>()\[\]]{1,253})$"
)
MOST_LINES = 400
HEADER_LINES = 9


def forwarded_in(subject: str, text: str, files: list[Attachment]) -> Forwarded | None:
    """The mail that is passed on, as far as it says so; None when this is no forwarded mail."""
    is_marked = bool(SUBJECT.match(subject))
    inside = next((file for file in files if file.content_type == "message/rfc822"), None)
    if inside is not None:
        return _of_file(inside)
    lines = text.split("\n", MOST_LINES)[:MOST_LINES]
    for index, line in enumerate(lines):
        short = line[:LONGEST]
        if FORWARDED.match(short) or (is_marked and (SEPARATOR.match(short) or HEADER.match(short))):
            found = _of_headers(lines[index : index + HEADER_LINES + 3])
            if found:
                return found
    return None


def _of_file(file: Attachment) -> Forwarded:
    message = headers_of(file.content[:300_000])
    senders = people(message, "from")
    return Forwarded(
        senders[0] if senders else Person(),
        decode_header(raw_header(message, "subject"))[:500],
        decode_header(raw_header(message, "date"))[:100],
    )


def _of_headers(lines: list[str]) -> Forwarded | None:
    """The headers as a mail program writes them; None when From and one more of them cannot be read."""
    found: dict[str, str] = {}
    for line in lines:
        header = HEADER.match(line[:LONGEST])
        if header and header.lastgroup:
            found.setdefault(header.lastgroup, clean_line(line[header.end() :]).strip("* "))
    if not found.get("from") or not (found.get("subject") or found.get("date")):
        return None
    return Forwarded(_person(found["from"]), found.get("subject", "")[:500], found.get("date", "")[:100])


def _person(told: str) -> Person:
    address = ADDRESS.search(told)
    if address is None:
        return Person(told[:200])
    name = told[: address.start()].strip(" \"'")
    return Person(name[:200], (address[1] or address[2])[:320])

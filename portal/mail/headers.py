"""Headers of real mails: lists of people, moments, ids. Never raises."""

import re
from datetime import UTC, datetime
from email._policybase import Compat32
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime

from portal.mail.parsed import Person
from portal.mail.text import as_bytes, decode, decode_header

MAX_HEADER = 64_000
MAX_STRUCTURE_HEADER = 4_000
MAX_HEADER_BYTES = 256_000
BLANK_LINE = re.compile(rb"\n\r?\n")
MAX_PEOPLE = 100
MAX_REFERENCES = 100
ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]{1,64}@[^\s<>,;:\"()]{1,253}")
ID = re.compile(r"<[^<>\s]{1,500}>")
EARLIEST, LATEST = 1980, 2200


class Bounded(Compat32):
    """The old policy, with short headers: the library takes quadratic time over long parameters."""

    def header_source_parse(self, sourcelines):
        name, value = super().header_source_parse(sourcelines)
        return name, value[: MAX_STRUCTURE_HEADER if name.lower().startswith("content-") else MAX_HEADER]


POLICY = Bounded()


def headers_of(raw: bytes) -> Message:
    """The headers alone, bounded. Never raises."""
    try:
        return BytesHeaderParser(policy=POLICY).parsebytes(head_of(raw))
    except Exception:  # see above
        return Message()


def head_of(raw: bytes) -> bytes:
    """The bytes above the first blank line, at most MAX_HEADER_BYTES of them."""
    end = BLANK_LINE.search(raw)
    return raw[: min(end.end() if end else len(raw), MAX_HEADER_BYTES)]


def raw_header(message: Message, name: str) -> str:
    """The first header of this name as it came, "" without one."""
    wanted = name.lower()
    for found, value in message.raw_items():
        if found.lower() == wanted:
            return str(value)[:MAX_HEADER]
    return ""


def people(message: Message, name: str) -> list[Person]:
    """The people in an address header. Addresses are split before names are decoded, for a name may hold a comma."""
    value = raw_header(message, name)
    if not value.isascii():
        value = decode(as_bytes(value))
    value = value.replace("\r", " ").replace("\n", " ")
    if "\0" in value:
        # Nobody's address, so it is shown as it came: each version of the library makes something else of it.
        return [_person("", value.strip().replace("\0", "\N{REPLACEMENT CHARACTER}"))]
    try:
        pairs = getaddresses([value])
    except Exception:  # the library gives up in many ways on hostile lists
        pairs = []
    found = [_person(shown, address) for shown, address in pairs[:MAX_PEOPLE] if "@" in address]
    return found or [_person("", address) for address in ADDRESS.findall(value)[:MAX_PEOPLE]]


def _person(name: str, address: str) -> Person:
    return Person(decode_header(name, 1000)[:200], decode_header(address, 1000)[:320])


def moment(message: Message, name: str = "date") -> datetime | None:
    """The moment that a header claims, in UTC; None when it claims none or an absurd one."""
    try:
        found = parsedate_to_datetime(raw_header(message, name).strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except Exception:  # besides ValueError it raises TypeError, IndexError and OverflowError
        return None
    return found if EARLIEST <= found.year <= LATEST else None


def message_id(message: Message) -> str:
    """The Message-ID with its brackets, or whatever stands in its place."""
    value = decode_header(raw_header(message, "message-id"))
    found = ID.search(value)
    return (found[0] if found else value)[:500]


def references(message: Message) -> list[str]:
    """Ids of earlier mails, oldest first."""
    value = decode_header(raw_header(message, "references") + " " + raw_header(message, "in-reply-to"), MAX_HEADER)
    return list(dict.fromkeys(ID.findall(value)))[-MAX_REFERENCES:]

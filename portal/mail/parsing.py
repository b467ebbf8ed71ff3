"""Raw bytes of a mail to a ParsedMail. Pure, never raises, and bounded: a bomb is recognised before it is unpacked.

The tree is read with the library's old policy (compat32), which fails on none of the mails that real systems keep as
test cases; headers, names and charsets are decoded by our own modules, which guess where the mail is wrong.
"""

import codecs
import hashlib
import re
from email._policybase import Compat32
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from portal.mail import headers
from portal.mail.parsed import NO_HEADERS, TOO_DEEP, TOO_MANY_PARTS, UNREADABLE, ParsedMail, Person
from portal.mail.parts import Body, TooMuch
from portal.mail.sanitising import MAX_TEXT, TooWild, sanitise, text_of
from portal.mail.text import decode_header

USUAL = {"from", "sender", "subject", "date", "message-id", "to", "received", "mime-version", "content-type"}
MAX_BOUNDARIES = 400
MAX_STRUCTURE_HEADER = 4_000
MAX_HEADER = 64_000
MAX_PART_STARTS = 2_000
MAX_REPORT_BLOCKS = 5_000
MAX_HEADER_BYTES = 256_000
BOUNDARY = re.compile(rb"boundary(?:\*\d{0,2}\*?)?\s{0,4}=", re.IGNORECASE)
PART_START = re.compile(rb"^--[^\s-]", re.MULTILINE)
BLANK_LINE = re.compile(rb"\n\r?\n")
TRACE = re.compile(
    rb"^(?:received|return-path|delivered-to|x-original-to|envelope-to|x-envelope-[\w-]+)\s{0,9}:"
    rb"[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)


class Bounded(Compat32):
    """The old policy, with short headers: the library takes quadratic time over long parameters."""

    def header_source_parse(self, sourcelines):
        name, value = super().header_source_parse(sourcelines)
        return name, value[: MAX_STRUCTURE_HEADER if name.lower().startswith("content-") else MAX_HEADER]


POLICY = Bounded()


def parse(raw: bytes) -> ParsedMail:
    """Read a mail. What cannot be read is named in `problem`; the rest is there all the same."""
    raw = raw.removeprefix(codecs.BOM_UTF8)
    body, problem, message = Body(), _bomb(raw), headers_of(raw)
    if not problem:
        try:
            message = BytesParser(policy=POLICY).parsebytes(raw)
            body.take(message)
        except TooMuch as error:
            problem = error.problem
        except RecursionError:
            problem = TOO_DEEP
        except Exception:  # whatever the library trips over, the mail is kept and shown
            problem = UNREADABLE
    mail = _described(message, raw)
    mail.problem = problem or ("" if _looks_like_mail(message) else NO_HEADERS)
    _fill(mail, body)
    mail.content_key = _key(mail, raw)
    return mail


def _bomb(raw: bytes) -> str:
    """Cheap signs of a mail that would take the library minutes or gigabytes."""
    if len(_head(raw)) == MAX_HEADER_BYTES:
        return UNREADABLE
    if sum(1 for _ in BOUNDARY.finditer(raw)) > MAX_BOUNDARIES:
        return TOO_DEEP
    if sum(1 for _ in PART_START.finditer(raw)) > MAX_PART_STARTS:
        return TOO_MANY_PARTS
    if b"message/delivery-status" in raw.lower() and sum(1 for _ in BLANK_LINE.finditer(raw)) > MAX_REPORT_BLOCKS:
        return TOO_MANY_PARTS
    return ""


def headers_of(raw: bytes) -> Message:
    """The headers alone, bounded. Never raises."""
    try:
        return BytesHeaderParser(policy=POLICY).parsebytes(_head(raw))
    except Exception:  # see above
        return Message()


def _head(raw: bytes) -> bytes:
    end = BLANK_LINE.search(raw)
    return raw[: min(end.end() if end else len(raw), MAX_HEADER_BYTES)]


def _described(message: Message, raw: bytes) -> ParsedMail:
    senders = headers.people(message, "from") or headers.people(message, "sender")
    return ParsedMail(
        content_key="",
        message_id=headers.message_id(message),
        subject=decode_header(headers.raw_header(message, "subject"))[:500],
        sender=senders[0] if senders else Person(decode_header(headers.raw_header(message, "from"))[:200]),
        to=headers.people(message, "to"),
        cc=headers.people(message, "cc"),
        sent_at=headers.moment(message),
        references=headers.references(message),
    )


def _looks_like_mail(message: Message) -> bool:
    return any(name.lower() in USUAL for name, _value in message.raw_items())


def _fill(mail: ParsedMail, body: Body) -> None:
    """Text, safe HTML and files; a mail with HTML alone gets its text from there."""
    mail.attachments = body.attachments
    mail.text = "\n\n".join(text.strip("\n") for text in body.texts).strip()[:MAX_TEXT]
    if body.htmls:
        try:
            mail.html, mail.remote_images = sanitise("\n<hr>\n".join(body.htmls))
        except TooWild:
            mail.problem = mail.problem or UNREADABLE
        mail.text = mail.text or text_of("\n<br>\n".join(body.htmls))


def _key(mail: ParsedMail, raw: bytes) -> str:
    """SHA-256 over what stays the same however a mail travels: no trace headers, one kind of line end.

    Never the Message-ID alone: two different mails that carry the same one must both be kept.
    """
    digest = hashlib.sha256()
    if mail.problem:
        digest.update(TRACE.sub(b"", raw.replace(b"\r\n", b"\n").rstrip()))
        return digest.hexdigest()
    told = [mail.message_id, mail.sender.address.lower(), str(mail.sent_at), mail.subject, mail.text, mail.html]
    files = [hashlib.sha256(file.content.replace(b"\r\n", b"\n").rstrip()).hexdigest() for file in mail.attachments]
    for value in told + files:
        data = value.strip().encode("utf-8", "replace")
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()

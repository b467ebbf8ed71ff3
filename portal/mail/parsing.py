"""Raw bytes of a mail to a ParsedMail. Pure, never raises, and bounded: a bomb is recognised before it is unpacked.

The tree is read with the library's old policy (compat32), which fails on none of the mails that real systems keep as
test cases; headers, names and charsets are decoded by our own modules, which guess where the mail is wrong.
"""

import codecs
import hashlib
import re
from email.message import Message
from email.parser import BytesParser

from portal.mail import headers, senders
from portal.mail.calendars import appointment_in
from portal.mail.failures import failure_of
from portal.mail.forwarded import forwarded_in
from portal.mail.parsed import (
    AUTOMATIC,
    BOUNCE,
    NO_HEADERS,
    TOO_DEEP,
    TOO_MANY_PARTS,
    UNREADABLE,
    Attachment,
    ParsedMail,
    Person,
)
from portal.mail.parts import Body, TooMuch
from portal.mail.sanitising import MAX_TEXT, TooWild, sanitise, text_of
from portal.mail.signs import is_from_nobody, is_reply_of_a_program
from portal.mail.text import decode_header

USUAL = {"from", "sender", "subject", "date", "message-id", "to", "received", "mime-version", "content-type"}
MAX_BOUNDARIES = 400
MAX_FILES = 100
"""A mail with more is kept as one file, the mail itself."""
MAX_PART_STARTS = 2_000
MAX_REPORT_BLOCKS = 5_000
BOUNDARY = re.compile(rb"boundary(?:\*\d{0,2}\*?)?\s{0,4}=", re.IGNORECASE)
REPORT_BLOCK = re.compile(rb"\n\r?\n|\r\r")
PART_START = re.compile(rb"^--[^\s-]", re.MULTILINE)
TRACE = re.compile(
    rb"^(?:received|return-path|delivered-to|x-original-to|envelope-to|x-envelope-[\w-]+)\s{0,9}:"
    rb"[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)


def parse(raw: bytes, envelope_from: str | None = None, authserv_id: str = "") -> ParsedMail:
    """Read a mail. What cannot be read is named in `problem`; the rest is there all the same.

    envelope_from: None when the door does not know it. authserv_id: of our own mail server, "" without one.
    """
    raw = raw.removeprefix(codecs.BOM_UTF8)
    body, problem, message = Body(), _bomb(raw), headers.headers_of(raw)
    if not problem:
        try:
            message = BytesParser(policy=headers.POLICY).parsebytes(raw)
            body.take(message)
        except TooMuch as error:
            problem = error.problem
        except RecursionError:
            problem = TOO_DEEP
        except Exception:  # whatever the library trips over, the mail is kept and shown
            problem = UNREADABLE
    mail = _described(message)
    mail.problem = problem or ("" if _looks_like_mail(message) else NO_HEADERS)
    _fill(mail, body)
    mail.content_key = _key(mail, raw)
    _judge(mail, message, body, envelope_from)
    mail.verdict = senders.told_by(message, authserv_id)
    if len(mail.attachments) > MAX_FILES:
        mail.attachments = [Attachment("mail.eml", "message/rfc822", raw)]
    return mail


def _judge(mail: ParsedMail, message: Message, body: Body, envelope_from: str | None) -> None:
    """What kind of mail it is, what it carries and passes on."""
    mail.failure = failure_of(message, body.reports, mail.text, mail.attachments)
    if mail.failure:
        mail.kind = BOUNCE
    elif is_reply_of_a_program(message) or is_from_nobody(envelope_from):
        mail.kind = AUTOMATIC
    else:
        mail.forwarded = forwarded_in(mail.subject, mail.text, mail.attachments)
    mail.appointment = appointment_in(mail.attachments)


def _bomb(raw: bytes) -> str:
    """Cheap signs of a mail that would take the library minutes or gigabytes."""
    if len(headers.head_of(raw)) == headers.MAX_HEADER_BYTES:
        return UNREADABLE
    lower = raw.lower()
    # Counting plain bytes costs a tenth of what the patterns do, and no ordinary mail has so many that they must decide.
    if lower.count(b"boundary") > MAX_BOUNDARIES and _count(BOUNDARY, raw) > MAX_BOUNDARIES:
        return TOO_DEEP
    if raw.count(b"\n--") >= MAX_PART_STARTS and _count(PART_START, raw) > MAX_PART_STARTS:
        return TOO_MANY_PARTS
    if b"message/delivery-status" in lower and _count(REPORT_BLOCK, raw) > MAX_REPORT_BLOCKS:
        return TOO_MANY_PARTS
    return ""


def _count(pattern: re.Pattern[bytes], raw: bytes) -> int:
    return sum(1 for _ in pattern.finditer(raw))


def _described(message: Message) -> ParsedMail:
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
            safe = sanitise("\n<hr>\n".join(body.htmls))
            mail.html, mail.remote_images = safe.html, safe.remote_images
            mail.remote, mail.trackers = safe.remote, safe.trackers
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

"""The parts of a mail: which is text, which is HTML, which are files."""

from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO

from portal.mail import tnef
from portal.mail.headers import raw_header
from portal.mail.parsed import TOO_DEEP, TOO_MANY_PARTS, Attachment
from portal.mail.text import as_bytes, clean_line, decode, decode_header

MAX_DEPTH = 50
MAX_PARTS = 200
MAX_TEXT_BYTES = 4_200_000
"""More than is shown (MAX_TEXT, MAX_HTML) in any charset."""
REPORTS = {"message/delivery-status", "message/feedback-report", "text/rfc822-headers", "message/rfc822-headers"}
EXTENSIONS = {
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
    "text/html": ".html",
    "text/plain": ".txt",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
}


class TooMuch(Exception):
    """The mail is built like a bomb; `problem` says how."""

    def __init__(self, problem: str):
        super().__init__(problem)
        self.problem = problem


class Body:
    """Collects texts, HTML and files while the tree of parts is walked; reports: what programs say to programs."""

    def __init__(self):
        self.texts: list[str] = []
        self.htmls: list[str] = []
        self.attachments: list[Attachment] = []
        self.reports: list[tuple[str, bytes]] = []
        self.count = 0

    def take(self, message: Message, depth: int = 0) -> None:
        """Sort in everything below this part; raises TooMuch, keeping what was found before."""
        if depth > MAX_DEPTH:
            raise TooMuch(TOO_DEEP)
        if _is_container(message):
            for part in _inner(message):
                self.take(part, depth + 1)
        else:
            self.count += 1
            if self.count > MAX_PARTS:
                raise TooMuch(TOO_MANY_PARTS)
            self._sort_in(message)

    def _sort_in(self, part: Message) -> None:
        kind = content_type(part)
        if kind.startswith("multipart/"):  # without a boundary: what stands there is all the text there is
            kind = "text/plain"
        if kind in ("text/plain", "text/html") and not _is_file(part):
            text = decode(_payload(part)[:MAX_TEXT_BYTES], _charset(part))
            (self.texts if kind == "text/plain" else self.htmls).append(text)
            return
        name, content = _name(part, kind), _content(part)
        if kind in REPORTS:
            self.reports.append((kind, content))
        if (kind in tnef.TYPES or name.lower() == tnef.NAME) and self._unwrap(content):
            return
        content_id = clean_line(raw_header(part, "content-id")).strip("<>")[:250]
        if content or name:
            self.attachments.append(Attachment(name or _unnamed(kind), kind, content, content_id))

    def _unwrap(self, content: bytes) -> bool:
        """Sort in what Outlook wrapped up; a text is only taken where the mail has none."""
        found = tnef.unwrap(content)
        if found is None:
            return False
        if found.text and not any(text.strip() for text in self.texts):
            self.texts.append(found.text)
        if found.html and not any(html.strip() for html in self.htmls):
            self.htmls.append(found.html)
        self.attachments += found.files
        return True


def _is_container(part: Message) -> bool:
    return part.is_multipart() and part.get_content_maintype() == "multipart"


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def content_type(part: Message) -> str:
    """The type in lower case, "application/octet-stream" for nonsense."""
    kind = clean_line(part.get_content_type())
    return kind if len(kind) <= 100 and kind.isascii() else "application/octet-stream"


def _is_file(part: Message) -> bool:
    disposition = raw_header(part, "content-disposition").strip().lower()
    return disposition.startswith("attachment") or bool(_file_name(part))


def _payload(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # broken transfer encodings end in several kinds of error
        payload = None
    if isinstance(payload, bytes):
        return payload
    return as_bytes(str(part.get_payload()))


def _content(part: Message) -> bytes:
    """The bytes of a file; of an enclosed mail or report the part as it was written."""
    if not part.is_multipart():
        return _payload(part)
    return b"\n".join(_flat(one) for one in _inner(part))


class AsItCame(BytesGenerator):
    """Headers are written as they were read: the library folds them anew, in quadratic time, and changes what is kept."""

    _NL: str

    def _write_headers(self, msg: Message) -> None:
        for name, value in msg.raw_items():
            self.write(f"{name}: {value}{self._NL}".replace("\r\n", self._NL))
        self.write(self._NL)


def _flat(message: Message) -> bytes:
    buffer = BytesIO()
    try:
        AsItCame(buffer, mangle_from_=False, maxheaderlen=0).flatten(message)
    except Exception:  # the library cannot write everything that it can read
        return str(message.get_payload()).encode("utf-8", "replace")
    return buffer.getvalue()


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset() or ""
    except Exception:  # parameters of RFC 2231 with unknown charsets
        return ""


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # as above
        name = ""
    return decode_header(name, 2000)


def _name(part: Message, kind: str) -> str:
    name = _file_name(part)
    inner = _inner(part)
    if name or kind != "message/rfc822" or not inner:
        return name[:200]
    return f"{decode_header(raw_header(inner[0], 'subject'))[:120] or 'mail'}.eml"


def _unnamed(kind: str) -> str:
    return "attachment" + EXTENSIONS.get(kind, "")

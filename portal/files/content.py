"""What a file is by its content.

puremagic knows signatures; text and everything inside a ZIP needs tests of its own.
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import puremagic

from portal.files.archives import entries_of
from portal.files.kinds import Kind
from portal.files.streams import Stream

HEAD_BYTES = 64 * 1024

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + b"!$H+H*"
_PROGRAMS = (
    b"\x7fELF",  # Linux
    b"\xfe\xed\xfa\xce",  # macOS, four ways
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # Java, macOS universal
    b"\0asm",
    b"dex\n03",
    b"#!",
    b"L\0\0\0\x01\x14\x02\0",  # Windows shortcut
    b"ITSF\3\0",  # Windows help
    b"MSCF\0\0\0\0",
    b"!<arch>\ndebian",
    b"\xed\xab\xee\xdb",
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The tags by which browsers recognise a web page, and those that run scripts in a drawing.
_MARKUP = re.compile(
    rb"<(!doctype\s+html|html|head|body|script|iframe|svg|style|title|table|div|img|font|object|embed|a\s|h1|br|p>|b>)",
    re.IGNORECASE,
)
_SECOND_FACE = re.compile(rb"<(!doctype\s+html|html|head|body|script|iframe|svg)[\s>/]", re.IGNORECASE)
_ACTIVE_XML = re.compile(rb"<((\w+:)?(html|svg|script)|xsl:(stylesheet|transform))[\s>/]", re.IGNORECASE)
_BLANK = b" \t\r\n\f\v\0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


class HasMacros(Exception):
    """An office file that carries a program."""


@dataclass
class Content:
    """A seekable file with the questions that we ask of it. Its position afterwards is anywhere."""

    file: Stream

    @cached_property
    def head(self) -> bytes:
        """The first 64 KB."""
        self.file.seek(0)
        return self.file.read(HEAD_BYTES)

    @property
    def is_program(self) -> bool:
        """Whether a computer would run it."""
        # "MZ" begins Windows programs, and now and then a text.
        return self.head.startswith(_PROGRAMS) or (self.head.startswith(b"MZ") and not self.is_text)

    @property
    def is_test_virus(self) -> bool:
        """The harmless file by which one tries a virus scanner."""
        return EICAR in self.head

    @property
    def is_markup(self) -> bool:
        """Whether a browser that guesses would take it for a web page or a drawing with scripts."""
        return _begins_with_markup(self.head)

    @property
    def has_second_face(self) -> bool:
        """A picture or a PDF that is also a web page or an archive (a polyglot)."""
        return bool(_SECOND_FACE.search(self.head[:1024])) or bool(self.entries)

    def matches(self, kind: Kind) -> bool:
        """Whether the content is what the extension says."""
        return _TESTS[kind.family](self, kind)

    def looks_like(self, signatures: frozenset[str]) -> bool:
        """Whether puremagic finds one of these extensions."""
        try:
            found = puremagic.magic_string(self.head)
        except (puremagic.PureError, ValueError):
            return False
        return any(match.extension in signatures for match in found)

    @cached_property
    def is_text(self) -> bool:
        """Whether it reads as text in UTF-8, UTF-16 with a mark, or one byte a character."""
        if self.head.startswith(_UTF16):
            return _decodes(self.head[: len(self.head) // 2 * 2], "utf-16")
        control = sum(self.head.count(bytes((code,))) for code in range(32) if code not in b"\t\n\r\f\x1b")
        return control <= len(self.head) // 500 and b"\0" not in self.head

    @cached_property
    def entries(self) -> list[zipfile.ZipInfo]:
        """The table of contents of a ZIP, empty when it is none."""
        return entries_of(self.file)


def _begins_with_markup(head: bytes) -> bool:
    if head.startswith(_UTF16):
        head = head.decode("utf-16", errors="ignore").encode()
    start = head[:4096].removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK)
    # Comments and the XML prologue may stand before the first tag.
    start = re.sub(rb"^(<!--.*?-->|<\?.*?\?>|\s)+", b"", start, flags=re.DOTALL)
    return bool(_MARKUP.match(start) or _ACTIVE_XML.match(start))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start > len(data) - 8  # a character cut at the end of what we read
    return True


def _is_pdf(content: Content, kind: Kind) -> bool:
    return content.head.lstrip(b"\xef\xbb\xbf" + _BLANK).startswith(b"%PDF-")


def _is_signed(content: Content, kind: Kind) -> bool:
    return content.looks_like(kind.signatures)


def _is_text(content: Content, kind: Kind) -> bool:
    return content.is_text and not content.is_markup


def _is_prose(content: Content, kind: Kind) -> bool:
    # Markdown and mails may begin with tags; both are only ever shown as text.
    return content.is_text


def _is_xml(content: Content, kind: Kind) -> bool:
    start = content.head.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK)
    is_xml = start.startswith(b"<") or content.head.startswith(_UTF16)
    return is_xml and content.is_text and not content.is_markup and not _ACTIVE_XML.search(content.head)


def _is_office(content: Content, kind: Kind) -> bool:
    names = {entry.filename.lower() for entry in content.entries}
    if not content.head.startswith(b"PK") or _OFFICE_PARTS[kind.family] not in names:
        return False
    if any(name.endswith("vbaproject.bin") for name in names):
        raise HasMacros
    return True


def _is_open_document(content: Content, kind: Kind) -> bool:
    # The standard demands that the media type stands uncompressed at the beginning.
    is_marked = content.head.startswith(b"PK") and kind.media_type.encode() in content.head[:200]
    return is_marked and bool(content.entries)


def _is_zip(content: Content, kind: Kind) -> bool:
    return content.head.startswith((b"PK\3\4", b"PK\5\6"))


def _is_ole(content: Content, kind: Kind) -> bool:
    return content.head.startswith(_OLE)


_TESTS: dict[str, Callable[[Content, Kind], bool]] = {
    "pdf": _is_pdf,
    "signature": _is_signed,
    "text": _is_text,
    "prose": _is_prose,
    "xml": _is_xml,
    "docx": _is_office,
    "xlsx": _is_office,
    "pptx": _is_office,
    "opendocument": _is_open_document,
    "zip": _is_zip,
    "ole": _is_ole,
}

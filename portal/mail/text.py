"""Bytes and header words to text that PostgreSQL takes and a person can read. Never raises."""

import base64
import binascii
import codecs
import quopri
import re

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
FOREIGN_SURROGATE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
WHITE = re.compile(r"\s+")
LINE_END = re.compile("\r\n?")
WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]{0,4000})\?=")
BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-8-i": "iso-8859-8",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "utf8mb4": "utf-8",
}
"""What senders mean when they name a charset; supersets of what they name."""
NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
"""Python codecs that are no charsets; some take quadratic time."""


def decode(data: bytes, charset: str = "") -> str:
    """Text in the declared charset; when that fails UTF-8, then windows-1252, with marks for what is unreadable."""
    declared = _codec(charset)
    for codec in (declared, "utf-8"):
        try:
            return clean(data.decode(codec))
        except (UnicodeError, LookupError, ValueError):
            continue
    fallback = declared if declared not in ("utf-8", "ascii") else "windows-1252"
    return clean(data.decode(fallback, "replace"))


def _codec(charset: str) -> str:
    name = charset.strip().strip("\"'").lower()
    name = MEANT.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return "utf-8"
    return "utf-8" if info.name.replace("-", "_") in NOT_CHARSETS or not info._is_text_encoding else info.name


def clean(text: str) -> str:
    """One kind of line end; without NUL, other control characters and lone surrogates."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", LINE_END.sub("\n", text).replace("\x00", ""))


def clean_line(text: str) -> str:
    """The same in one line."""
    return WHITE.sub(" ", clean(text)).strip()


def as_bytes(text: str) -> bytes:
    """The bytes that the library hid in a text as surrogates; surrogates of any other kind become marks."""
    return FOREIGN_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).encode("utf-8", "surrogateescape")


def decode_header(value: str, limit: int = 8000) -> str:
    """A header's value as people read it: unfolded, RFC 2047 words decoded, raw 8-bit characters guessed."""
    text = value[:limit]
    if not text.isascii():
        text = decode(as_bytes(text))
    return clean_line(_join_words(BETWEEN_WORDS.sub(r"\1", text)))


def _join_words(text: str) -> str:
    """Decode encoded words; neighbours of one charset are joined as bytes first, since a character may be cut in two."""
    done, pending, charset, end = [], b"", "", 0
    for word in WORD.finditer(text):
        name, data = word[1].lower(), _word_bytes(word[2], word[3])
        apart = text[end : word.start()]
        if pending and (apart or name != charset):
            done.append(decode(pending, charset))
            pending = b""
        done.append(apart)
        pending, charset, end = pending + data, name, word.end()
    if pending:
        done.append(decode(pending, charset))
    return "".join(done) + text[end:]


def _word_bytes(encoding: str, data: str) -> bytes:
    raw = as_bytes(data)
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "))
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return raw

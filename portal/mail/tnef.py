"""winmail.dat: the wrapping (TNEF) that Outlook and Exchange put around the text and files of a mail. Never raises."""

import logging
from dataclasses import dataclass, field
from typing import Any

from tnefparse import TNEF

from portal.mail.parsed import Attachment
from portal.mail.text import clean_line, decode

TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}
NAME = "winmail.dat"
SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_FILES = 200
MAX_BYTES = 100 * 1024 * 1024

logging.getLogger("tnefparse").setLevel(logging.CRITICAL)


@dataclass
class Unwrapped:
    """What was inside."""

    text: str = ""
    html: str = ""
    files: list[Attachment] = field(default_factory=list)


def unwrap(content: bytes) -> Unwrapped | None:
    """The text and the files; None when it is no TNEF, damaged or too large, so that the wrapping itself is kept."""
    if not content.startswith(SIGNATURE):
        return None
    try:
        found = TNEF(content, do_checksum=False)
        files = [_file(part, number) for number, part in enumerate(found.attachments[: MAX_FILES + 1], 1)]
        if len(files) > MAX_FILES or sum(len(file.content) for file in files) > MAX_BYTES:
            return None
        whole = Unwrapped(_text(found.body), _text(found.htmlbody), [*files, *_rich_text(found)])
    except Exception:  # a damaged one ends in many kinds of error
        return None
    is_whole = all(file.content for file in whole.files) and (whole.files or whole.text or whole.html)
    return whole if is_whole else None


def _file(part: Any, number: int) -> Attachment:
    """One file. Names come as text, bytes or not at all."""
    try:
        name = part.long_filename()
    except Exception:  # names in unknown code pages
        name = part.name
    name = clean_line(_text(name)).rstrip("\x00")
    return Attachment(name[:200] or f"attachment-{number}", "application/octet-stream", bytes(part.data or b""))


def _rich_text(found: TNEF) -> list[Attachment]:
    """A text that is there as RTF alone."""
    if found.body or found.htmlbody or not found.rtfbody:
        return []
    rich = found.rtfbody
    return [
        Attachment(
            "message.rtf", "application/rtf", rich if isinstance(rich, bytes) else rich.encode("utf-8", "replace")
        )
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    text = decode(bytes(value)) if isinstance(value, bytes | bytearray) else str(value or "")
    return text.strip("\x00")

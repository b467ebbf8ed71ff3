"""What a file looks like, without running or trusting it.

`preview()` hands the file to a process of its own with little memory and ten seconds (`preview_worker`), so that a
hostile file can neither hang nor end a web process. HTML and SVG have no preview on purpose.
"""

import base64
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.files.streams import Stream

SECONDS = 10
# So many readers at once in one web process; whoever comes on top waits as long as one may take.
_readers = BoundedSemaphore(2)
WORKER = Path(__file__).with_name("preview_worker.py")
log = logging.getLogger(__name__)

_OPEN_XML = "application/vnd.openxmlformats-officedocument"
READERS = {
    "application/pdf": "pdf",
    "image/png": "image",
    "image/jpeg": "image",
    "image/gif": "image",
    "image/webp": "image",
    "image/bmp": "image",
    "image/tiff": "image",
    "text/plain": "text",
    "text/markdown": "text",
    "text/calendar": "text",
    "text/vcard": "text",
    "application/json": "text",
    "application/xml": "text",
    "message/rfc822": "text",
    "text/csv": "table",
    "text/tab-separated-values": "table",
    f"{_OPEN_XML}.spreadsheetml.sheet": "xlsx",
    f"{_OPEN_XML}.presentationml.presentation": "pptx",
    f"{_OPEN_XML}.wordprocessingml.document": "docx",
}

REASONS: dict[str, Promise] = {
    "unsupported": _("There is no preview for this kind of file."),
    "blocked": _("There is no preview because the file may be dangerous."),
    "encrypted": _("There is no preview because the file is protected by a password."),
    "empty": _("There is no preview because the file is empty."),
    "too_large": _("There is no preview because the content is too large."),
    "too_slow": _("There is no preview because reading the file took too long."),
    "broken": _("There is no preview because the file is damaged."),
    "away": _("There is no preview at the moment. Try again later."),
}


@dataclass(frozen=True)
class Page:
    """A picture of a page, served by the owning app as `image/webp`."""

    width: int
    height: int
    data: bytes = b""


@dataclass(frozen=True)
class Sheet:
    """A table: rows of texts, all of the same length."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A slide, or a heading of a document, with the lines under it."""

    title: str
    level: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What there is to show. `kind` is image, pages, text, table, slides, outline, or none with its reason."""

    kind: str
    pages: tuple[Page, ...] = ()
    page_count: int = 0
    text: str = ""
    sheets: tuple[Sheet, ...] = ()
    sections: tuple[Section, ...] = ()
    is_cut: bool = False
    reason: str = ""

    @property
    def explanation(self) -> Promise | str:
        """Why there is nothing to show, for people."""
        return REASONS.get(self.reason, REASONS["broken"]) if self.kind == "none" else ""

    def as_dict(self) -> dict[str, Any]:
        """Everything but the pictures, ready for JSON."""
        pages = [{"width": page.width, "height": page.height} for page in self.pages]
        return asdict(self) | {"pages": pages}


def none(reason: str) -> Preview:
    """No preview, and why (a key of `REASONS`)."""
    return Preview("none", reason=reason)


def preview(file: Stream, media_type: str) -> Preview:
    """Look at a file, at most ten seconds long. Never raises because of what is in it."""
    return _looked_at(file, READERS.get(media_type))


def words(file: Stream, media_type: str) -> Preview:
    """The same for the search, which wants the text of a PDF and no pictures."""
    reader = READERS.get(media_type)
    return _looked_at(file, {"pdf": "pdf_words", "image": None}.get(reader or "", reader))


def _looked_at(file: Stream, reader: str | None) -> Preview:
    if not reader:
        return none("unsupported")
    if not _readers.acquire(timeout=SECONDS):
        return none("away")
    try:
        return _read(file, reader)
    finally:
        _readers.release()


def _read(file: Stream, reader: str) -> Preview:
    """Through real files, so that nothing large passes through our memory."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as answer:
        shutil.copyfileobj(file, source)
        source.seek(0)
        failure = _run(reader, source, answer)
        if failure:
            return none(failure)
        answer.seek(0)
        return _understood(answer.read())


def _run(reader: str, source: BinaryIO, answer: BinaryIO) -> str:
    """Run the worker; "" when it answered, else why there is no preview."""
    worker = subprocess.Popen(  # noqa: S603, our own script and a word from READERS
        [sys.executable, "-I", str(WORKER), reader],
        stdin=source,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        status = worker.wait(SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        return "too_slow"
    if status:
        log.info("preview worker ended early", extra={"status": status, "reader": reader})
    return {0: "", -signal.SIGXCPU: "too_slow", -signal.SIGKILL: "too_large"}.get(status, "broken")


def _understood(answer: bytes) -> Preview:
    """The worker's JSON, distrusted: what does not look right is no preview."""
    try:
        return from_dict(json.loads(answer))
    except (ValueError, TypeError, KeyError, AttributeError):
        return none("broken")


def from_dict(found: Mapping[str, Any]) -> Preview:
    """The preview that `as_dict` or the worker wrote."""
    return Preview(
        kind=str(found["kind"]),
        pages=tuple(
            Page(int(page["width"]), int(page["height"]), base64.b64decode(page.get("data", "")))
            for page in found.get("pages", ())
        ),
        page_count=int(found.get("page_count", 0)),
        text=str(found.get("text", "")),
        sheets=tuple(
            Sheet(str(sheet["name"]), tuple(tuple(map(str, row)) for row in sheet["rows"]))
            for sheet in found.get("sheets", ())
        ),
        sections=tuple(
            Section(str(part["title"]), int(part["level"]), tuple(map(str, part["lines"])))
            for part in found.get("sections", ())
        ),
        is_cut=bool(found.get("is_cut", False)),
        reason=str(found.get("reason", "")),
    )

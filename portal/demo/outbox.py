"""Outgoing mail of a demo or development installation: kept as files, read on the outbox page, never sent."""

import os
import re
import secrets
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage as Message
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

KEEP = 1000
ID = re.compile(r"^\d{20}-[0-9a-f]{16}\Z")
ENVELOPE = "X-Envelope-To"


class EmailBackend(BaseEmailBackend):
    """Django's mail backend that writes each message as a file; the envelope's recipients stand in the first header."""

    def send_messages(self, email_messages) -> int:
        for message in email_messages:
            envelope = f"{ENVELOPE}: {', '.join(message.recipients())}\r\n".encode()
            put(envelope + message.message().as_bytes(linesep="\r\n"))
        prune()
        return len(email_messages)


@dataclass(frozen=True)
class Sent:
    """One mail in the outbox."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.stem

    @cached_property
    def raw(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def message(self) -> Message:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def recipients(self) -> list[str]:
        """Addresses it was sent to, blind copies too."""
        return [address.strip().lower() for address in self.message.get(ENVELOPE, "").split(",")]

    @property
    def headers(self) -> dict[str, str]:
        """Decoded headers; one that occurs twice shows its last value."""
        return {name: str(value) for name, value in self.message.items() if name != ENVELOPE}

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", "")).strip()  # a folded one begins with a space

    @property
    def sent_at(self):
        return parsedate_to_datetime(str(self.message["Date"])) if self.message["Date"] else None

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @cached_property
    def attachments(self) -> list[Message]:
        return list(self.message.iter_attachments())

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        if part is None:
            return ""
        try:
            return part.get_content()
        except LookupError:  # a charset that does not exist
            return bytes_of(part).decode(errors="replace")


def bytes_of(part) -> bytes:
    """The decoded content of a part that holds no other parts."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def put(raw: bytes) -> str:
    """Store one message; a reader never sees half of it. Returns its id, which sorts by time."""
    settings.OUTBOX_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{time.time_ns():020d}-{secrets.token_hex(8)}"
    half = settings.OUTBOX_DIR / f"{name}.part"
    half.write_bytes(raw)
    os.replace(half, settings.OUTBOX_DIR / f"{name}.eml")
    return name


def prune(keep: int = KEEP) -> None:
    """Throw away all but the newest."""
    for path in _paths()[keep:]:
        path.unlink(missing_ok=True)


def sent(to: str = "", limit: int = KEEP) -> list[Sent]:
    """What was sent, newest first; only to this address when one is given."""
    wanted = to.strip().lower()
    found: list[Sent] = []
    for mail in map(Sent, _paths()):
        if len(found) == limit:
            break
        if not wanted or wanted in mail.recipients:
            found.append(mail)
    return found


def find(mail_id: str) -> Sent | None:
    """The mail of this id."""
    path = settings.OUTBOX_DIR / f"{mail_id}.eml"
    return Sent(path) if ID.match(mail_id) and path.exists() else None


def _paths() -> list[Path]:
    return sorted(settings.OUTBOX_DIR.glob("*.eml"), reverse=True)

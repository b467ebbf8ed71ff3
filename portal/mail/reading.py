"""Reading mails in a process of its own, with little memory and ten seconds, so that a hostile mail ends no worker.

The reader stays and reads one mail after the other, because its start takes longer than an ordinary mail. One that died
is replaced for the next mail. What it answers is data, never a pickle: it has met hostile mails.
"""

import json
import logging
import os
import signal
import struct
import subprocess
import sys
import threading
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.mail.parsed import Appointment, Attachment, Failure, Forwarded, ParsedMail, Person
from portal.mail.text import clean

SECONDS = 10
CHECK_SECONDS = 6
MAILS_PER_READER = 500
"""After so many it is replaced, for memory that a mail left in pieces is not given back."""
MOST_ANSWERED = 8 * settings.MAIL_MAX_BYTES
WORKER = Path(__file__).with_name("reading_worker.py")
NUMBER = struct.Struct(">I")

log = logging.getLogger(__name__)


class ReaderDied(Exception):
    """The mail ended its reader, or took it longer than allowed."""


class Reader:
    """The process, started when it is first needed. One mail at a time."""

    def __init__(self):
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = self.read = 0

    def ask(self, job: dict[str, Any], raw: bytes, seconds: float) -> tuple[dict[str, Any], list[bytes]]:
        """The answer to a job. Raises ReaderDied."""
        with self.lock:
            process = self._running()
            clock = threading.Timer(seconds, _kill, [process])
            clock.start()
            try:
                _write(process.stdin, job, raw)
                return _answer(process.stdout)
            except (OSError, EOFError, ValueError) as error:
                self.close()
                raise ReaderDied(f"reader ended with {process.returncode}") from error
            finally:
                clock.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        """A living reader of this very process: one that came along in a fork belongs to another."""
        if self.owner != os.getpid():
            self.process, self.owner = None, os.getpid()
        if self.process and (self.process.poll() is not None or self.read >= MAILS_PER_READER):
            self.close()
        if self.process is None:
            self.process, self.read = _start(), 0
        self.read += 1
        return self.process

    def close(self) -> None:
        """End the reader, whatever it is doing."""
        if self.process is not None:
            _kill(self.process)
            self.process.communicate()
            self.process = None


_reader = Reader()


def read(raw: bytes, envelope_from: str | None = None) -> ParsedMail:
    """portal.mail.parsing.parse in the bounded process. Raises ReaderDied when it cannot be done in there."""
    job = {"do": "parse", "envelope_from": envelope_from, "authserv_id": settings.MAIL_AUTHSERV_ID}
    return mail_from(*_reader.ask(job, raw, SECONDS))


def check_sender(raw: bytes, peer: str = "", envelope_from: str = "", helo: str = "") -> str:
    """portal.mail.vouching.checked in the bounded process; "" when the network or the mail is in the way."""
    job = {"do": "check", "handover": [peer, envelope_from, helo], "name_servers": settings.MAIL_NAME_SERVERS}
    try:
        told, _files = _reader.ask(job, raw, CHECK_SECONDS)
    except ReaderDied:
        log.warning("sender not checked")
        return ""
    return str(told.get("verdict", ""))


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603, our own script
        [sys.executable, "-I", str(WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        start_new_session=True,
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _write(pipe, job: dict[str, Any], raw: bytes) -> None:
    told = json.dumps(job).encode()
    pipe.write(NUMBER.pack(len(told)) + told + NUMBER.pack(len(raw)))
    pipe.write(raw)
    pipe.flush()


def _answer(pipe) -> tuple[dict[str, Any], list[bytes]]:
    left = MOST_ANSWERED

    def block() -> bytes:
        nonlocal left
        (size,) = NUMBER.unpack(_exactly(pipe, NUMBER.size))
        left -= size
        if left < 0:
            raise ValueError("too long an answer")
        return _exactly(pipe, size)

    told = json.loads(block())
    if not isinstance(told, dict):
        raise ValueError("no answer to a job")
    return told, [block() for _file in range(int(told.get("blocks", 0)))]


def _exactly(pipe, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) != size:
        raise EOFError
    return data


def mail_from(told: dict[str, Any], contents: list[bytes]) -> ParsedMail:
    """The mail that the worker described; raises ReaderDied when that is no mail."""
    try:
        told = {name: told[name] for name in (field.name for field in fields(ParsedMail)) if name in told}
        told["sender"] = Person(**told["sender"])
        told["to"], told["cc"] = ([Person(**person) for person in told[name]] for name in ("to", "cc"))
        told["sent_at"] = datetime.fromisoformat(told["sent_at"]) if told["sent_at"] else None
        told["attachments"] = [
            Attachment(content=content, **file) for file, content in zip(told["attachments"], contents, strict=True)
        ]
        if told["forwarded"]:
            told["forwarded"] = Forwarded(**told["forwarded"] | {"sender": Person(**told["forwarded"]["sender"])})
        told["failure"] = Failure(**told["failure"]) if told["failure"] else None
        told["appointment"] = Appointment(**told["appointment"]) if told["appointment"] else None
        told["text"], told["html"] = clean(told["text"]), clean(told["html"])
        return ParsedMail(**told)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ReaderDied("the reader's answer is no mail") from error

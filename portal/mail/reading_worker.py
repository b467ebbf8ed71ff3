"""Reads mails from standard input and writes what is in them to standard output, one after the other.

Runs as a process of its own, without Django, because the mails may be hostile: memory and open files are limited before
the first byte is read, and the process is killed when a mail takes too long (see `reading`).

A job: length, JSON, length, the mail. An answer: length, JSON, then length and bytes of each attachment. Lengths are four
bytes, the highest first.
"""

import json
import os
import resource
import struct
import sys
import types
from dataclasses import asdict
from pathlib import Path

MEMORY_BYTES = 512 * 1024 * 1024
OPEN_FILES = 64
PORTAL = Path(__file__).resolve().parents[1]
NUMBER = struct.Struct(">I")


def main() -> None:
    """Until the input ends."""
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints does not spoil the answers
    parse, check = _readers()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    while told := _block(jobs):
        job, raw = json.loads(told), _block(jobs)
        if job["do"] == "check":
            _answer(answers, {"verdict": check(raw, job["handover"], job["name_servers"])}, [])
        else:
            mail = parse(raw, job["envelope_from"], job["authserv_id"])
            _answer(answers, *_described(mail))


def _readers():
    """The modules that read, without portal/__init__.py, which would bring Celery along."""
    package = types.ModuleType("portal")
    package.__path__ = [str(PORTAL)]
    sys.modules["portal"] = package
    from portal.mail.parsing import parse

    return parse, _check


def _check(raw, handover, name_servers):
    """Loaded when it is first asked for: most installations have a mail server in front that checks."""
    from portal.mail.resolver import Resolver
    from portal.mail.vouching import Handover, checked

    return checked(raw, Resolver(name_servers).ask, Handover(*handover))


def _block(stream) -> bytes:
    head = stream.read(NUMBER.size)
    return stream.read(NUMBER.unpack(head)[0]) if len(head) == NUMBER.size else b""


def _described(mail):
    """The mail as plain data, and the contents of its files."""
    files, mail.attachments = mail.attachments, []
    told = asdict(mail)
    told["sent_at"] = mail.sent_at.isoformat() if mail.sent_at else None
    told["attachments"] = [
        {"name": file.name, "content_type": file.content_type, "content_id": file.content_id} for file in files
    ]
    told["blocks"] = len(files)
    return told, [file.content for file in files]


def _answer(stream, told, contents) -> None:
    for content in (json.dumps(told).encode(), *contents):
        stream.write(NUMBER.pack(len(content)))
        stream.write(content)
    stream.flush()


if __name__ == "__main__":
    main()

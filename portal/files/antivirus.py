"""The optional virus scanner: a ClamAV daemon, spoken to by its INSTREAM command.

`CLAMAV_ADDRESS` is "host:port" or "unix:/path/to/socket"; without it nothing is scanned. A scanner that is away or
answers strangely leaves the verdict "unknown", never "clean".
"""

import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from django.conf import settings

from portal.files.streams import Stream

CLEAN, INFECTED, UNKNOWN, NOT_SCANNED = "clean", "infected", "unknown", ""
CONNECT_SECONDS, READ_SECONDS = 5, 30
_CHUNK = 64 * 1024

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verdict:
    """What the scanner says: clean, infected (with the name of the find), unknown, or "" without a scanner."""

    state: str
    finding: str = ""


def scan(file: Stream) -> Verdict:
    """Show the scanner a seekable file from its beginning. Never raises because of the scanner."""
    address = settings.CLAMAV_ADDRESS
    if not address:
        return Verdict(NOT_SCANNED)
    try:
        with closing(_connected(address)) as connection:
            answer = _ask(connection, file)
    except OSError as error:
        log.warning("virus scanner not reached", extra={"error": str(error)})
        return Verdict(UNKNOWN)
    finally:
        file.seek(0)
    return _read(answer)


def _connected(address: str) -> socket.socket:
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(address.removeprefix("unix:"))
    else:
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        connection = socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS)
    connection.settimeout(READ_SECONDS)
    return connection


def _ask(connection: socket.socket, file: Stream) -> bytes:
    connection.sendall(b"zINSTREAM\0")
    for chunk in _chunks(file):
        connection.sendall(struct.pack("!I", len(chunk)) + chunk)
    connection.sendall(struct.pack("!I", 0))
    return b"".join(iter(lambda: connection.recv(4096), b""))[:4096]


def _chunks(file: Stream) -> Iterator[bytes]:
    file.seek(0)
    return iter(lambda: file.read(_CHUNK), b"")


def _read(answer: bytes) -> Verdict:
    """`stream: OK` or `stream: Name-Of-Find FOUND`; anything else is trouble of the scanner."""
    text = answer.rstrip(b"\0\r\n ").decode("ascii", "replace")
    if text == "stream: OK":
        return Verdict(CLEAN)
    if text.startswith("stream: ") and text.endswith(" FOUND"):
        return Verdict(INFECTED, text.removeprefix("stream: ").removesuffix(" FOUND")[:200])
    log.warning("virus scanner gave no verdict", extra={"answer": text[:200]})
    return Verdict(UNKNOWN)

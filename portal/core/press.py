"""The way to the press (pdf_worker.py): started with the first document, started again when it has ended meanwhile."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

WORKER = Path(__file__).with_name("pdf_worker.py")
START_SECONDS = 30
"""On top of a document's own time when the press must load first."""
TRIES = 2
"""Documents that nobody took: the press ended, because nobody had asked for long, at the very moment."""


class NotPrinted(OSError):
    """The document was given up: too large, too slow, or it broke the press."""


@dataclass(frozen=True)
class Running:
    """A press, the socket on which it is handed documents, and the process that started it: a fork of that has its own."""

    process: subprocess.Popen
    door: socket.socket
    owner: int

    def take(self, handed: socket.socket) -> bool:
        """Hand over a document's socket; whether the press was still there."""
        try:
            return self.owner == os.getpid() and bool(socket.send_fds(self.door, [b"."], [handed.fileno()]))
        except OSError:
            self.process.wait()
            return False


class Press:
    """One process with WeasyPrint loaded, which forks for each document; threads may share it."""

    def __init__(self, style: Path, worker: Path = WORKER):
        self._command = [sys.executable, "-I", str(worker), str(style)]
        self._lock = Lock()
        self._running: Running | None = None

    def printed(self, html: bytes, brand: str, variant: str, *, seconds: float) -> bytes:
        """The PDF; raises OSError when there is none in that time. brand: #rrggbb."""
        how = json.dumps({"brand": brand, "variant": variant, "seconds": seconds}).encode()
        for _try in range(TRIES):
            ours, handed = socket.socketpair()
            with ours:
                with handed:
                    self._hand_over(handed)
                ours.settimeout(START_SECONDS + seconds)
                if ours.recv(1):
                    return _told(ours, how + b"\n" + html, seconds)
        raise NotPrinted("nobody took it")

    def _hand_over(self, handed: socket.socket) -> None:
        with self._lock:
            if not (self._running and self._running.take(handed)):
                self._running = self._started()
                self._running.take(handed)

    def _started(self) -> Running:
        ours, theirs = socket.socketpair()
        with theirs:
            environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
            process = subprocess.Popen(  # noqa: S603, our own script
                self._command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=environment,
            )
        return Running(process, ours, os.getpid())


def _told(wire: socket.socket, document: bytes, seconds: float) -> bytes:
    """What the press makes of it."""
    until = time.monotonic() + seconds
    wire.settimeout(seconds)
    wire.sendall(document)
    wire.shutdown(socket.SHUT_WR)
    told = bytearray()
    while part := wire.recv(2**16):
        told += part
        wire.settimeout(max(until - time.monotonic(), 0.001))
    size, _line, content = told.partition(b"\n")
    if not size or len(content) != int(size):
        raise NotPrinted("given up")
    return bytes(content)

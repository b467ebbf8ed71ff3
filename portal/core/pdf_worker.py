"""The press: has everything loaded, and forks for each document that it is handed.

Runs as a process of its own, without Django and with an empty environment, because the text in a document is anybody's:
memory and time of the fork are limited before it reads the first byte, nothing is fetched, from no server and no disk,
and whatever a document does is gone with its fork.

usage: pdf_worker.py style.css, with a socket as standard input. Each message on it carries another socket: on that comes
a line of JSON ({"brand": "#rrggbb", "variant": "" or "pdf/a-3a", "seconds": 30}) and the HTML; back go TAKEN, a line with
the number of bytes, and the PDF. It ends with whoever started it, and after ten minutes without a document.
"""

import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher

MEMORY_BYTES = 1024**3
SECONDS = 30
"""Of the processor, and by the clock; for a document that is to be given up earlier, `seconds` is less."""
IDLE_SECONDS = 600
TAKEN = b"+"


class Refusal(URLFetcher):
    """Fonts, imports, attachments, pictures: a document of ours needs none but the logo that it carries itself."""

    def fetch(self, url, headers=None):
        if url.startswith("data:image/png;base64,"):
            return super().fetch(url, headers)
        raise PermissionError("nothing is fetched")


def main(style: str) -> None:
    door = socket.socket(fileno=0)
    door.settimeout(IDLE_SECONDS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    look = Path(style).read_text()
    printed("<p>Ááő Жї</p>", look, "#000000", "")  # the first one looks for the fonts
    while handed := _next(door):
        if os.fork() == 0:
            _print_and_end(handed, look)
        os.close(handed)


def printed(html: str, look: str, brand: str, variant: str) -> bytes:
    """The document as PDF, in this look and an agency's colour."""
    nothing = Refusal()
    style = CSS(string=f":root {{ --brand: {brand} }}{look}", url_fetcher=nothing)
    return HTML(string=html, url_fetcher=nothing).write_pdf(stylesheets=[style], pdf_variant=variant or None)


def _next(door: socket.socket) -> int | None:
    """The socket of the next document; None when there is nothing more to do."""
    try:
        _message, handed, _flags, _address = socket.recv_fds(door, 1, 1)
    except TimeoutError:
        return None
    return handed[0] if handed else None


def _print_and_end(handed: int, look: str) -> None:
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        with socket.socket(fileno=handed) as wire:
            _answer(wire, look)
    finally:
        os._exit(0)


def _answer(wire: socket.socket, look: str) -> None:
    wire.sendall(TAKEN)
    with wire.makefile("rb") as given:
        how = json.loads(given.readline())
        signal.setitimer(signal.ITIMER_REAL, min(how["seconds"], SECONDS))
        content = printed(given.read().decode(), look, how["brand"], how["variant"])
    wire.sendall(b"%d\n" % len(content))
    wire.sendall(content)


if __name__ == "__main__":
    main(*sys.argv[1:])

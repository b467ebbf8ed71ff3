"""Mail: accepted through our door against a bare aiosmtpd that only writes and syncs; processed against the bare parser.

`bin/bench --mail`. Both servers run as processes of their own and take turns; of all rounds the best counts.
"""

import asyncio
import os
import secrets
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP

CONNECTIONS = 4
FLOOR_PORT, DOOR_PORT = 8703, 8704
SMALL, LARGE = 2_000, 431_000
FILES = (40_000, 260_000, 700_000)
"""Bytes of the file in each of three mails in turn: encoded, they make 431 KB on average."""


class Bare:
    """The least that may be called accepted: in a file of its own, on the disk."""

    def __init__(self, folder: Path):
        self.folder = folder

    async def handle_DATA(self, _server, _session, envelope) -> str:
        with (self.folder / secrets.token_hex(8)).open("wb") as file:
            file.write(envelope.content)
            file.flush()
            os.fsync(file.fileno())
        return "250 Stored"


async def _serve(port: int) -> None:
    disk = Path(os.environ["DATA_DIR"])  # the one that the door writes to
    disk.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=disk) as folder:
        bare = Bare(Path(folder))
        loop = asyncio.get_running_loop()
        await loop.create_server(
            lambda: SMTP(bare, data_size_limit=2**25, hostname="floor", loop=loop), "127.0.0.1", port
        )
        await asyncio.Event().wait()


def measure(rounds: int) -> list[dict]:
    """The lines that bin/bench prints."""
    from bench import data

    world = data.build(1)
    from portal.mail.addresses import address_for

    to = address_for(world.client)
    with ExitStack() as stack:
        stack.enter_context(_server([sys.executable, "-m", "bench.mail"], FLOOR_PORT))
        stack.enter_context(_server([sys.executable, "manage.py", "mail_door"], DOOR_PORT, SMTP_PORT=str(DOOR_PORT)))
        lines = [_accepted(to, size, count, rounds) for size, count in ((SMALL, 200), (LARGE, 24))]
    return [*lines, _processed(world, to, rounds)]


def _accepted(to: str, size: int, count: int, rounds: int) -> dict:
    mails = [_mail(to, size, number) for number in range(count)]
    floor = door = 0.0
    for _round in range(rounds):
        floor = max(floor, count / _seconds(lambda: _send(FLOOR_PORT, to, mails)))
        door = max(door, count / _seconds(lambda: _send(DOOR_PORT, to, mails)))
    return _line(f"mail accepted, {size // 1000} KB", door, floor) | {"fsync_ms": _fsync_ms(mails[0])}


def _fsync_ms(mail: bytes) -> float:
    """What the disk alone takes: where it takes nothing, the bare server is bound by the processor only, and so far ahead."""
    times = []
    with tempfile.TemporaryFile(dir=os.environ["DATA_DIR"]) as file:
        for _n in range(50):
            file.write(mail)
            file.flush()
            times.append(_seconds(lambda: os.fsync(file.fileno())))
    return round(statistics.median(times) * 1000, 2)


def _processed(world, to: str, rounds: int) -> dict:
    """One worker: its own work and that of its reader, mails of 431 KB on average, each another one."""
    from portal.mail import processing

    count, limit, ours = 24, 0.0, 0.0
    processing.process(world.agency.pk, _taken_in(world, to, [_mail(to, LARGE, 0)])[0])
    for _round in range(rounds):
        mails = [_mail(to, LARGE, number) for number in range(count)]
        limit = max(limit, count / _seconds(lambda mails=mails: [_parsed(mail) for mail in mails]))
        waiting = _taken_in(world, to, mails)
        ours = max(ours, count / _seconds(lambda ids=waiting: [processing.process(world.agency.pk, pk) for pk in ids]))
    return _line("mail processed, 431 KB", ours, limit)


def _taken_in(world, to: str, mails: list[bytes]) -> list[int]:
    from portal.mail import intake

    envelope = intake.Envelope("k@client.example", {to: world.agency.pk})
    return [pk for mail in mails for pk in intake.accept(mail, envelope)]


def _parsed(raw: bytes) -> None:
    for part in message_from_bytes(raw, policy=policy.default).walk():
        if not part.is_multipart():
            part.get_content()


def _mail(to: str, size: int, number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Katrin <k@client.example>", to, f"Question {number}"
    mail["Message-ID"] = f"<{secrets.token_hex(12)}@client.example>"
    words = "We have a question about the shop. " * 30
    mail.set_content(words)
    mail.add_alternative(f"<html><body><p>{words}</p></body></html>", subtype="html")
    if size > SMALL:
        content = secrets.token_bytes(FILES[number % len(FILES)])
        mail.add_attachment(content, maintype="application", subtype="pdf", filename="plan.pdf")
    return mail.as_bytes(policy=policy.SMTP)


def _send(port: int, to: str, mails: list[bytes]) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as senders:
        list(senders.map(lambda start: _send_some(port, to, mails[start::CONNECTIONS]), range(CONNECTIONS)))


def _send_some(port: int, to: str, mails: list[bytes]) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as connection:
        for mail in mails:
            connection.sendmail("k@client.example", [to], mail)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _line(bench: str, ours: float, floor: float) -> dict:
    return {"bench": bench, "per_s": round(ours, 1), "floor_per_s": round(floor, 1), "x_floor": round(ours / floor, 2)}


@contextmanager
def _server(command: list[str], port: int, **extra: str):
    process = subprocess.Popen(command, env=os.environ | extra)
    try:
        for _attempt in range(300):
            try:
                smtplib.SMTP("127.0.0.1", port, timeout=2).quit()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise TimeoutError(f"Nothing answers on port {port}: {' '.join(command)}")
        yield
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    asyncio.run(_serve(FLOOR_PORT))

"""A door of its own for every test, and mails to put through it."""

import asyncio
import smtplib
import threading

import pytest
from django.db import connections

from portal.core import jobs as core_jobs
from portal.core.context import tenant
from portal.mail.addresses import address_for
from portal.mail.door import Door


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture(autouse=True)
def wake_ups(monkeypatch):
    """Wake-up calls that would have gone to Redis: (task, arguments). The rows are the record, so nothing is lost here."""
    published = []
    monkeypatch.setattr(core_jobs, "_publish", lambda task, args: published.append((task, args)))
    return published


class Running:
    """A door in a thread of its own, on a free port."""

    def __init__(self, door: Door):
        self.door, self.loop = door, asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self._run(door.start("127.0.0.1", 0))
        self.port = door.port

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def stop(self):
        self._run(self.door.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def connect(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.port, timeout=30)

    def send(self, raw: bytes, *to: str, sender="katrin@client.example") -> None:
        with self.connect() as smtp:
            smtp.sendmail(sender, list(to), raw)


@pytest.fixture
def open_door():
    """Opens doors; all are closed after the test."""
    opened = []

    def start(kind=Door, **parts) -> Running:
        opened.append(Running(kind(**parts)))
        return opened[-1]

    yield start
    for running in opened:
        if running.thread.is_alive():
            running.stop()
    connections["default"].close()
    connections["default"].close_pool()


@pytest.fixture
def door(open_door):
    return open_door()


@pytest.fixture
def acme_address(cast):
    return address_for(cast.acme)


@pytest.fixture
def see_north(cast):
    """The agency's sight for the whole test."""
    with tenant(cast.north.pk):
        yield

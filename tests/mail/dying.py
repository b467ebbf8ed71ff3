"""A door in a process of its own that is killed (kill -9) before it stores a mail, between store and acknowledgement, or after both.

Run as `python -m tests.mail.dying DOOR MOMENT`; it prints its port. `Dying` is its other half, in the test.
"""

import asyncio
import base64
import hashlib
import json
import os
import signal
import smtplib
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import suppress
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.db import connections

DOORS = ("smtp", "lmtp", "webhook", "pipe", "maildir")
BEFORE, BETWEEN, AFTER = "before", "between", "after"
PATIENCE = 120
"""Seconds for an answer, the start of the process among them; a busy machine takes its time."""
SECRET = "hooks:a-long-secret"


class Dying:
    """One process; `send` says whether it acknowledged the mail."""

    def __init__(self, door: str, moment: str):
        self.door = door
        env = dict(os.environ, MAIL_WEBHOOK_SECRET=SECRET, LOG_LEVEL="CRITICAL")
        name = connections["default"].settings_dict["NAME"]
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINT_URL"):
            env[variable] = f"{env[variable].rpartition('/')[0]}/{name}"
        command = [sys.executable, "-m", "tests.mail.dying", door, moment]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, env=env, cwd=settings.BASE_DIR, **pipes)

    def send(self, raw: bytes, to: str) -> bool:
        try:
            return getattr(self, f"_by_{self.door}")(raw, to)
        except (OSError, smtplib.SMTPException):
            return False
        finally:
            with suppress(ProcessLookupError):
                self.process.kill()  # after the acknowledgement, if it still lives
            self.process.wait(20)
            for end in (self.process.stdin, self.process.stdout):
                end.close()

    @property
    def was_killed(self) -> bool:
        return self.process.returncode == -signal.SIGKILL

    def _port(self) -> int:
        return int(self.process.stdout.readline())

    def _by_smtp(self, raw, to):
        with smtplib.SMTP("127.0.0.1", self._port(), timeout=PATIENCE) as wire:
            return wire.sendmail("k@client.example", [to], raw) == {}

    def _by_lmtp(self, raw, to):
        with smtplib.LMTP("127.0.0.1", self._port(), timeout=PATIENCE) as wire:
            return wire.sendmail("k@client.example", [to], raw) == {}

    def _by_webhook(self, raw, to):
        key = hashlib.sha256(raw).hexdigest()  # the provider's own: the same for each try with this mail, and no other
        event = {"FromFull": {"Email": "k@client.example"}, "MessageID": key, "OriginalRecipient": to, "Headers": []}
        secret = base64.b64encode(SECRET.encode()).decode()
        request = urllib.request.Request(
            f"http://localhost:{self._port()}/webhooks/mail/postmark/",
            json.dumps(event | {"RawEmail": raw.decode()}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Basic {secret}"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status == 200

    def _by_pipe(self, raw, to):
        self.process.communicate(raw, timeout=PATIENCE)
        return self.process.returncode == 0

    def _by_maildir(self, raw, to):
        """It is acknowledged when it has left new/."""
        with tempfile.TemporaryDirectory() as folder:
            waiting = Path(folder) / "new" / "1.host"
            waiting.parent.mkdir()
            waiting.write_bytes(raw)
            self.process.communicate(f"{folder}\n".encode(), timeout=PATIENCE)
            return not waiting.exists()


def _run(door: str, moment: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from portal.mail import intake, webhooks
    from portal.mail.door import Door
    from portal.mail.lmtp import LocalDoor
    from portal.mail.management.commands import ingest

    def store(raw, told):
        if moment == BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
        ids = intake.accept(raw, told)
        if moment == BETWEEN:
            os.kill(os.getpid(), signal.SIGKILL)
        return ids

    webhooks.accept = ingest.accept = store
    if door == "pipe":
        call_command("ingest")
    elif door == "maildir":
        call_command("ingest", "--maildir", sys.stdin.readline().strip())
    elif door == "webhook":
        from portal.wsgi import application

        _serve_web(application)
    else:
        asyncio.run(_serve((LocalDoor if door == "lmtp" else Door)(store=store)))


async def _serve(door) -> None:
    await door.start("127.0.0.1", 0)
    _say(door.port)
    await asyncio.Event().wait()


def _serve_web(application) -> None:
    class Quiet(WSGIRequestHandler):
        def log_message(self, *words):
            pass

    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    _say(server.server_port)
    server.serve_forever()


def _say(port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _run(*sys.argv[1:])

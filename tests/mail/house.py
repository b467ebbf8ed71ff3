"""A portal with servers and processes of its own, which may be killed: a copy of the tests' database, web, worker and mail door."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from portal.core import processes
from portal.core.embedded import Embedded
from portal.operation import postgres
from tests.soak.rig import SECRET, children_of, wait_until

BIN = Path(sys.executable).parent
START_SECONDS = 60


class House:
    """What a Recorder asks of a running portal, and who can be killed in it."""

    def __init__(self, data_dir: Path):
        self.data_dir = data_dir
        self.servers = Embedded(data_dir)
        self.addresses = self.servers.start()
        self.port, self.smtp_port = processes.free_port(), processes.free_port()
        self.children: dict[str, subprocess.Popen] = {}

    def open(self) -> None:
        """The tests' rows move in, then everybody starts."""
        whole = self.data_dir / "rows"
        here = make_conninfo(os.environ["DATABASE_SUPERUSER_URL"], dbname=connections["default"].settings_dict["NAME"])
        postgres.run("pg_dump", "--format=custom", f"--file={whole}", address=here)
        with psycopg.connect(self.addresses.superuser) as database:
            postgres.empty_schemas(database)
        postgres.fill(whole, address=self.addresses.superuser)
        for name in ("web", "worker", "mail"):
            self.start(name)
        wait_until(self._answers, START_SECONDS, "the house")

    def _answers(self) -> bool:
        return processes.answers(self.port) and processes.answers(self.smtp_port)

    def start(self, name: str) -> None:
        """Once more, after it was killed; the web server's master does that for its children by itself."""
        if name == "postgres":
            self.servers.postgres.start(_port_of(self.addresses.superuser))
        elif name == "redis":
            self.servers.valkey.start(_port_of(self.addresses.redis))
        elif name != "web child":
            self.children[name] = self._spawn(name)

    def _spawn(self, name: str) -> subprocess.Popen:
        commands = {
            "web": [BIN / "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{self.port}", "--preload", "--no-control-socket"],
            "worker": [BIN / "celery", "--quiet", "-A", "portal", "worker", "--concurrency", "1", "--without-mingle"],
            "mail": [sys.executable, "manage.py", "mail_door"],
        }  # fmt: skip
        environ = self.addresses.environ() | {"MAIL_WEBHOOK_SECRET": SECRET, "SMTP_PORT": str(self.smtp_port)}
        with (self.data_dir / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                commands[name],
                cwd=settings.BASE_DIR,
                env=os.environ | environ | {"DATA_DIR": str(self.data_dir)},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.dies_with_parent(),
            )

    def kill(self, name: str) -> None:
        """kill -9."""
        servers = {"postgres": self.servers.postgres.process, "redis": self.servers.valkey.process}
        if name == "web child":
            os.kill(children_of(self.children["web"].pid)[0], signal.SIGKILL)
        else:
            victim = servers.get(name) or self.children[name]
            victim.kill()
            victim.wait(20)

    def close(self) -> None:
        for child in self.children.values():
            child.poll() is None and os.killpg(child.pid, signal.SIGKILL)
            child.wait(20)


def _port_of(address: str) -> int:
    return int(address.rpartition(":")[2].partition("/")[0])

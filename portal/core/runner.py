"""bin/run: the whole portal on one machine, with a demo world; see run_options for what it listens to."""

import fcntl
import http.client
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Any

import psycopg
import redis

from portal.core import prepare, processes
from portal.core.commands import Command, commands
from portal.core.embedded import Addresses, Embedded, write_private
from portal.core.run_options import Options, Refused, own_folder, read_options
from portal.core.supervisor import Died, Stopped, Supervisor

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120


class Runner:
    """One run, from the lock on the data directory to the last child's end."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.data_dir = options.data_dir
        self.started = time.monotonic()
        self.supervisor = Supervisor(os.environ, ROOT)
        self.embedded: Embedded | None = None
        self.addresses: Addresses
        self._lock: IO[str] | None = None

    def run(self) -> int:
        """Start, stay, stop; returns the exit code."""
        self.supervisor.listen()
        self._take_data_dir()
        code = 0
        try:
            self._start()
            self.supervisor.watch()
        except Stopped:
            self.supervisor.say("stopping ...")
        except Died as death:
            code = 1
            self.supervisor.say(f"{death}; its last lines:", "")
            self.supervisor.say("\n".join(f"    {line}" for line in death.child.last_words), "")
        finally:
            self._stop()
        return code

    def _start(self) -> None:
        self._start_databases()
        (self.data_dir / "media").mkdir(mode=0o700, exist_ok=True)  # clients' files, for nobody else on this machine
        self._wait_for_ports()
        self.supervisor.environ |= self._environ()
        self._prepare()
        for name, command in self._commands().items():
            self.supervisor.start(name, command)
        self._write_state()
        if self._is_empty():  # most of it can be written while the others start
            self.supervisor.say("loading the demo world ...")
            load = ["load_demo", "--patience", str(PATIENCE_SECONDS)]
            self.supervisor.run("demo", [sys.executable, "manage.py", *load])
        self._wait("the mail server", lambda: processes.answers(self.options.smtp_port, self.options.address))
        self._wait("the web server", self._web_answers)
        self._wait("the worker", self._worker_waits)
        self._write_demo_json()
        self._banner()

    def _stop(self) -> None:
        self.supervisor.stop()
        if self.embedded:
            self.embedded.stop()
        with suppress(FileNotFoundError):
            (self.data_dir / "run.json").unlink()
        self.supervisor.say(f"stopped; the data stays in {self.data_dir}")

    def _take_data_dir(self) -> None:
        """One run per data directory; with --fresh, empty it."""
        own_folder(self.data_dir)
        lock = (self.data_dir / ".lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"Another bin/run is using {self.data_dir}; stop it or set DATA_DIR.") from None
        self._lock = lock
        if self.options.fresh:
            self._empty_data_dir()

    def _empty_data_dir(self) -> None:
        content = [path for path in self.data_dir.iterdir() if path.name != ".lock"]
        if content and not (self.data_dir / "secrets.json").exists():
            raise Refused(f"{self.data_dir} was not made by bin/run; nothing deleted.")
        if content:
            Embedded(self.data_dir).remove()
        for path in self.data_dir.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != ".lock":
                path.unlink()

    def _start_databases(self) -> None:
        if self.options.given:
            self.addresses = self.options.given
            return
        self.supervisor.say("starting PostgreSQL and Valkey ...")
        self.embedded = Embedded(self.data_dir)
        self.addresses = self.embedded.start()
        for name, process, log in self.embedded.running():
            self.supervisor.watch_over(name, process, log)

    def _wait_for_ports(self) -> None:
        """Children of a killed run need a moment to go; anybody else's server does not go."""
        patience = 15 if (self.data_dir / "run.json").exists() else 0
        end = time.monotonic() + patience
        for variable, port in (("PORT", self.options.port), ("SMTP_PORT", self.options.smtp_port)):
            while not processes.is_free(port):
                self.supervisor.check()
                if time.monotonic() >= end:
                    raise Refused(f"Port {port} is in use; stop what uses it or set {variable}.")
                time.sleep(0.2)

    def _prepare(self) -> None:
        """Translations, tables, static files; skipped when nothing has changed since the last time."""
        stamp, now = self.data_dir / "prepared", prepare.everything()
        if self.embedded and stamp.exists() and stamp.read_text() == now:
            return
        self.supervisor.say("preparing: translations, tables, static files ...")
        self.supervisor.run("prepare", [sys.executable, "-m", "portal.core.prepare"])
        stamp.write_text(now)

    def _environ(self) -> dict[str, str]:
        """What the children see; the database superuser's address is not among it."""
        options, folder = self.options, self.data_dir
        environ = self.addresses.environ()
        del environ["DATABASE_SUPERUSER_URL"]
        return environ | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONUNBUFFERED": "1",
            "DEBUG": "0",
            "DEMO": "1",
            "BASE_URL": options.base_url,
            "DATA_DIR": str(folder),
            "MEDIA_ROOT": str(folder / "media"),
            "STATIC_ROOT": str(folder / "static"),
            "STATIC_BROTLI_QUALITY": "5",
            "SMTP_HOST": options.listen,
            "SMTP_PORT": str(options.smtp_port),
            "MAIL_DOMAIN": options.mail_domain,
            "PYTHONWARNINGS": "ignore:You're running the worker",  # Celery's word to root, once per start
            "HOME": os.environ.get("HOME") or str(folder),
        }

    def _commands(self) -> dict[str, Command]:
        return commands(
            bind=f"{self.options.listen}:{self.options.port}",
            schedule=self.data_dir / "beat-schedule",
            web=["--workers", "2", "--graceful-timeout", "8"],
            worker=["--concurrency", "2"],
        )

    def _wait(self, what: str, is_ready: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_ready():
            self.supervisor.check()
            if time.monotonic() > end:
                raise Refused(f"Gave up waiting for {what}.")
            time.sleep(0.1)

    def _web_answers(self) -> bool:
        wire = http.client.HTTPConnection(self.options.address, self.options.port, timeout=5)
        with suppress(OSError, http.client.HTTPException), closing(wire):
            wire.request("GET", "/healthz", headers={"Host": "localhost"})
            status = wire.getresponse().status
            if status != 200:
                raise Refused(f"The web server does not work: /healthz answers {status}.")
            return True
        return False

    def _worker_waits(self) -> bool:
        """A Celery worker that is ready hangs in BRPOP."""
        client = redis.Redis.from_url(self.addresses.redis)
        with suppress(redis.RedisError), client:
            return any(row["cmd"] == "brpop" for row in client.client_list())
        return False

    def _is_empty(self) -> bool:
        with psycopg.connect(self.addresses.maint) as database:
            row = database.execute("SELECT EXISTS (SELECT FROM tenancy_agency)").fetchone()
            return not (row and row[0])

    def _write_state(self) -> None:
        write_private(self.data_dir / "run.json", self._pids())

    def _pids(self) -> dict[str, int]:
        pids = dict(self.embedded.pids) if self.embedded else {}
        return {"run": os.getpid(), **pids} | {c.name: c.process.pid for c in self.supervisor.children}

    def _world(self) -> dict[str, Any]:
        path = self.data_dir / "demo_world.json"
        world = json.loads(path.read_text()) if path.exists() else {}
        return {key: world.get(key, []) for key in ("accounts", "clients", "agencies")}

    def _write_demo_json(self) -> None:
        options, where = self.options, self.addresses
        content = {
            "base_url": options.base_url,
            "outbox_url": f"{options.base_url}/outbox/",
            "smtp": {"host": options.address, "port": options.smtp_port},
            "database": {"app": where.app, "owner": where.owner, "maint": where.maint},
            "redis": where.redis,
            "pids": self._pids(),
        }
        write_private(self.data_dir / "demo.json", content | self._world())

    def _banner(self) -> None:
        accounts = self._world()["accounts"]
        seconds = time.monotonic() - self.started
        lines = ["", f"Glasshouse is ready after {seconds:.0f} s: {self.options.base_url}/", ""]
        lines += _table(
            [("Account", "Kind", "Role", "Agency", "Password", "TOTP secret")] + [_row(a) for a in accounts]
        )
        lines += [
            "",
            f"Outgoing mail:  {self.options.base_url}/outbox/   (sign-in codes by e-mail arrive there too)",
            f"Incoming mail:  smtp://{self.options.listen}:{self.options.smtp_port}",
            f"All of this:    {self.data_dir}/demo.json",
            "Ctrl-C stops everything; the data stays.",
            "",
        ]
        self.supervisor.say("\n".join(lines), "")


def _row(account: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(account.get(key) or "") for key in ("email", "kind", "role", "agency", "password", "totp_secret"))


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def main() -> int:
    """The command line of bin/run."""
    try:
        return Runner(read_options(sys.argv[1:])).run()
    except (Refused, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())

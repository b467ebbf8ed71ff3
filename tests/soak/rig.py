"""bin/run as a real installation has it: on ports of its own, started again by whoever keeps services alive."""

import http.client
import json
import os
import shutil
import signal
import smtplib
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from portal.core import processes
from portal.core.embedded import Embedded

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 300
SECRET = "hooks:a-long-secret"
"""Of the webhooks of mail providers."""
RESTART_PAUSE = 0.5
UNDONE = """SELECT (SELECT count(*) FROM mail_inboundmail WHERE processed_at IS NULL AND quarantined_at IS NULL)
  + (SELECT count(*) FROM events_event WHERE delivered_at IS NULL)
  + (SELECT count(*) FROM mail_outgoingmail WHERE sent_at IS NULL AND failed_at IS NULL)"""


def wait_until(condition, seconds, what=""):
    """How many seconds it took until the condition held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"{what or condition} not within {seconds} s"
        time.sleep(0.2)
    return time.monotonic() - began


class Run:
    """bin/run on ports of its own. code: the release that runs."""

    code = ROOT

    def __init__(self, data_dir, **environ):
        self.data_dir = data_dir
        self.environ = environ
        self.port, self.smtp_port = processes.free_port(), processes.free_port()
        self.process = None
        self.through: list[str] = []
        # The promise is for a machine with two cores of its own; a busy one proves nothing about seconds.
        self.machine_is_quiet = os.getloadavg()[0] < 1.5

    def start(self, *arguments):
        """Start and wait for the banner; returns how many seconds it took."""
        self.started = time.monotonic()
        self.spawn(*arguments, mode="wb")
        while "Glasshouse is ready" not in self.output():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() - self.started < PATIENCE_SECONDS, self.output()
            time.sleep(0.1)
        return time.monotonic() - self.started

    def spawn(self, *arguments, mode="ab"):
        """Start and go on. It dies with us: a killed test leaves nothing behind."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))}
        environ |= {"NOTIFICATION_BURST_SECONDS": "0"}  # nobody here waits five minutes for a mail
        environ |= {"MAIL_WEBHOOK_SECRET": SECRET}
        environ |= {"PORT": str(self.port), "SMTP_PORT": str(self.smtp_port), "DATA_DIR": str(self.data_dir)}
        with self.log.open(mode) as log:
            self.process = subprocess.Popen(
                [*self.through, self.code / "bin" / "run", *arguments],
                env=environ | self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.dies_with_parent(),
            )

    @property
    def log(self):
        return self.data_dir.parent / "log"

    def output(self):
        return self.log.read_text(errors="replace")

    @property
    def demo(self):
        return json.loads((self.data_dir / "demo.json").read_text())

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(40)

    def nothing_left(self):
        pids = self.demo["pids"].values()
        return not any(
            processes.is_running(pid, name) for pid in pids for name in ("python", "postgres", "valkey", "celery")
        )

    def rows(self, statement):
        return self.all_rows(statement)[0][0]

    def all_rows(self, statement, *values):
        """Read through the role that sees every agency."""
        with psycopg.connect(self.demo["database"]["maint"], connect_timeout=10) as database:
            return database.execute(statement, values).fetchall()


class Service(Run):
    """bin/run under a service manager: whenever it ends, it is started again."""

    def __init__(self, data_dir, **environ):
        super().__init__(data_dir, **environ)
        self.restarts = 0
        self._wanted = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def begin(self):
        """Start, and keep it running until `finish`."""
        self._wanted.set()
        self._keeper.start()
        try:
            return wait_until(self.is_whole, PATIENCE_SECONDS, "the first start")
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.output()[-3000:]}") from None

    def finish(self):
        self._wanted.clear()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self._keeper.join(60)

    def _keep(self):
        while self._wanted.is_set():
            self.spawn()
            self.process.wait()
            if self._wanted.is_set():
                self.restarts += 1
                time.sleep(RESTART_PAUSE)

    def pid(self, name):
        return self.demo["pids"][name]

    def ready(self):
        """What /readyz says: (status, body), or (0, {}) when nobody answers."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            wire.request("GET", "/readyz", headers={"Host": "localhost"})
            answer = wire.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException):
            return 0, {}
        finally:
            wire.close()

    def takes_mail(self):
        with suppress(OSError, smtplib.SMTPException), smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=5) as wire:
            return wire.noop()[0] == 250
        return False

    def is_whole(self):
        """Ready as monitoring sees it, the mail door too, and every process of this run lives."""
        try:
            pids = self.demo["pids"]
        except (OSError, ValueError):
            return False
        alive = all(is_alive(pid) for pid in pids.values())
        return alive and self.ready()[0] == 200 and self.takes_mail()

    def is_idle(self):
        """No job waits: mails are filed, events delivered, letters sent."""
        with suppress(psycopg.OperationalError, OSError):
            return self.rows(UNDONE) == 0
        return False


def is_alive(pid):
    """Whether the process runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid):
    """Its direct children that are alive."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed if is_alive(int(child))]


@contextmanager
def folder():
    """A data directory that the database's own user can reach; removed with all that was started in it."""
    place = Path(tempfile.mkdtemp(prefix="glasshouse-soak-"))
    os.chmod(place, 0o711)
    try:
        yield place / "data"
    finally:
        if (place / "data" / "secrets.json").exists():
            Embedded(place / "data").remove()
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def service(**environ):
    """A demo installation of its own, kept alive for as long as the block runs."""
    with folder() as data_dir:
        kept = Service(data_dir, **environ)
        try:
            kept.begin()
            yield kept
        finally:
            kept.finish()


def memory_of(pid):
    """Resident megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20

"""The life of bin/run on a machine: first start, Ctrl-C, next start, kill -9, next start, a child's death, --fresh."""

import http.client
import json
import os
import signal
import smtplib
import subprocess
import time
from pathlib import Path

import psycopg
import pytest
import redis

from portal.core import processes

ROOT = Path(__file__).resolve().parents[2]
COLD_SECONDS, WARM_SECONDS = 60, 15
KEYS = {"base_url", "outbox_url", "smtp", "database", "redis", "pids", "accounts", "clients", "agencies"}
ACCOUNT = {"name", "email", "password", "totp_secret", "kind", "role", "agency", "clients", "areas"}
CLIENT = {"agency", "slug", "name", "url", "mail_address"}
AGENCY = {"slug", "name", "url"}


class Run:
    """bin/run on ports of its own."""

    def __init__(self, data_dir):
        self.data_dir = data_dir
        self.port, self.smtp_port = processes.free_port(), processes.free_port()
        self.process = None
        # The promise is for a machine with two cores of its own; a busy one proves nothing about seconds.
        self.machine_is_quiet = os.getloadavg()[0] < 1.5

    def start(self, *arguments):
        """Start and wait for the banner; returns how many seconds it took."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))}
        environ |= {"PORT": str(self.port), "SMTP_PORT": str(self.smtp_port), "DATA_DIR": str(self.data_dir)}
        self.log = (self.data_dir.parent / "log").open("wb")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [ROOT / "bin" / "run", *arguments], env=environ, stdout=self.log, stderr=self.log, start_new_session=True
        )
        while "Glasshouse is ready" not in self.output():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() - self.started < 180, self.output()
            time.sleep(0.1)
        return time.monotonic() - self.started

    def output(self):
        return (self.data_dir.parent / "log").read_text(errors="replace")

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
        with psycopg.connect(self.demo["database"]["maint"]) as database:
            return database.execute(statement).fetchone()[0]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("run") / "data")
    yield run
    if run.process and run.process.poll() is None:
        run.end()


@pytest.fixture(scope="module")
def cold(run):
    return run.start()


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_the_whole_life(run, cold):
    agencies = first_start(run, cold)
    assert run.end() == 0
    assert run.nothing_left()

    warm = run.start()
    assert run.rows("SELECT count(*) FROM tenancy_agency") == agencies
    assert "loading the demo world" not in run.output()

    run.process.kill()
    run.process.wait()
    run.start()
    assert run.rows("SELECT count(*) FROM tenancy_agency") == agencies
    assert run.end(signal.SIGTERM) == 0

    a_childs_death_stops_the_rest(run)

    run.start("--fresh")
    assert "loading the demo world" in run.output()
    assert run.end() == 0
    if run.machine_is_quiet:
        assert cold < COLD_SECONDS, f"{cold:.0f} s cold"
        assert warm < WARM_SECONDS, f"{warm:.0f} s warm"


def first_start(run, cold):
    """Everything answers, and demo.json says where."""
    demo = run.demo
    assert set(demo) == KEYS
    assert (run.data_dir / "demo.json").stat().st_mode & 0o777 == 0o600
    assert demo["base_url"] == f"http://localhost:{run.port}"
    assert demo["accounts"] and all(set(account) == ACCOUNT for account in demo["accounts"])
    assert demo["clients"] and all(set(client) == CLIENT for client in demo["clients"])
    assert demo["agencies"] and all(set(agency) == AGENCY for agency in demo["agencies"])
    assert redis.from_url(demo["redis"]).ping()
    with smtplib.SMTP(demo["smtp"]["host"], demo["smtp"]["port"], timeout=10) as wire:
        assert wire.ehlo()[0] == 250
    wire = http.client.HTTPConnection("localhost", run.port, timeout=10)
    wire.request("GET", "/readyz")
    assert wire.getresponse().status == 200
    for account in demo["accounts"]:
        assert account["email"] in run.output()
    return run.rows("SELECT count(*) FROM tenancy_agency")


def a_childs_death_stops_the_rest(run):
    run.start()
    os.kill(run.demo["pids"]["mail"], signal.SIGKILL)
    assert run.process.wait(40) == 1
    assert "mail ended with code -9; its last lines" in run.output()
    assert run.nothing_left()

"""The life of bin/run on a machine: first start, Ctrl-C, next start, kill -9, next start, servers left running, a child's
death, --fresh; as root and as an ordinary user."""

import http.client
import os
import shutil
import signal
import smtplib
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from portal.core import processes
from tests.soak.person import Person
from tests.soak.rig import ROOT, Run, folder

COLD_SECONDS, WARM_SECONDS = 60, 15
KEYS = {"base_url", "outbox_url", "smtp", "database", "redis", "pids", "accounts", "clients", "agencies"}
ACCOUNT = {"name", "email", "password", "totp_secret", "kind", "role", "agency", "clients", "areas"}
CLIENT = {"agency", "slug", "name", "url", "mail_address"}
AGENCY = {"slug", "name", "url"}


def test_the_whole_life(say):
    with a_run() as run:
        the_whole_life(run, say)


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root has been the ordinary user above")
def test_the_whole_life_for_an_ordinary_user(say):
    """Without root's rights, but for reading: checkout and packages of whoever runs this may lie in a closed home."""
    user = processes.unprivileged_user()
    with a_run() as run:
        shutil.chown(run.data_dir.parent, user.pw_uid, user.pw_gid)
        run.environ = {"HOME": str(run.data_dir.parent)}
        run.through = f"""setpriv --reuid {user.pw_uid} --regid {user.pw_gid} --clear-groups --pdeathsig TERM
            --inh-caps -all,+dac_read_search --ambient-caps -all,+dac_read_search --bounding-set -all,+dac_read_search""".split()
        the_whole_life(run, say)
        assert {path.stat().st_uid for path in run.data_dir.rglob("*")} == {user.pw_uid}


@contextmanager
def a_run():
    with folder() as data_dir:
        run = Run(data_dir)
        try:
            yield run
        finally:
            if run.process and run.process.poll() is None:
                run.end()


def the_whole_life(run, say):
    cold = run.start()
    agencies = first_start(run)
    assert run.end() == 0
    assert run.nothing_left()

    warm = run.start()
    assert run.rows("SELECT count(*) FROM tenancy_agency") == agencies
    assert "preparing" not in run.output()
    assert "loading the demo world" not in run.output()

    run.process.kill()
    run.process.wait()
    run.start()
    assert run.rows("SELECT count(*) FROM tenancy_agency") == agencies
    assert run.end(signal.SIGTERM) == 0

    servers_left_running_are_taken_over(run, agencies)
    a_childs_death_stops_the_rest(run)

    run.start("--fresh")
    assert "loading the demo world" in run.output()
    assert run.end() == 0
    say(f"ready after {cold:.0f} s cold, {warm:.0f} s warm{'' if run.machine_is_quiet else ', on a busy machine'}")
    if run.machine_is_quiet:
        assert cold < COLD_SECONDS, f"{cold:.0f} s cold"
        assert warm < WARM_SECONDS, f"{warm:.0f} s warm"


def first_start(run):
    """Everything answers, demo.json says where, and people get in."""
    demo = run.demo
    owners = {name: user_of(pid) for name, pid in demo["pids"].items()}
    assert owners.pop("postgres") != 0
    assert set(owners.values()) == {run.data_dir.parent.stat().st_uid}
    assert set(demo) == KEYS
    assert (run.data_dir / "demo.json").stat().st_mode & 0o777 == 0o600
    assert (run.data_dir / "media").stat().st_mode & 0o777 == 0o700
    assert demo["base_url"] == f"http://localhost:{run.port}"
    assert demo["accounts"] and all(set(account) == ACCOUNT for account in demo["accounts"])
    assert demo["clients"] and all(set(client) == CLIENT for client in demo["clients"])
    assert demo["agencies"] and all(set(agency) == AGENCY for agency in demo["agencies"])
    assert redis.from_url(demo["redis"]).ping()
    with smtplib.SMTP(demo["smtp"]["host"], demo["smtp"]["port"], timeout=10) as wire:
        assert wire.ehlo()[0] == 250
    wire = http.client.HTTPConnection("localhost", run.port, timeout=10)
    wire.request("GET", "/readyz")
    answer = wire.getresponse()
    assert answer.status == 200, answer.read()
    for account in demo["accounts"]:
        assert account["email"] in run.output()
    for kind in ("specialist", "contact", "vendor"):
        account = next(account for account in demo["accounts"] if account["kind"] == kind)
        assert Person(run, account).sign_in().get("/").status == 200
    assert "factur-x" not in run.output()  # what a library has to say of each invoice
    return run.rows("SELECT count(*) FROM tenancy_agency")


def servers_left_running_are_taken_over(run, agencies):
    """As after kill -9 where no kernel tells children of their parent's death."""
    keep = [
        sys.executable,
        "-m",
        "portal.core.embedded",
        run.data_dir,
        "--keep",
        "--env-file",
        run.data_dir / "left.env",
    ]
    subprocess.run([*run.through, *keep], cwd=ROOT, env=os.environ | run.environ, check=True)
    left = int((run.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
    assert processes.is_running(left, "postgres")

    run.start()
    assert not processes.is_running(left, "postgres")
    assert run.rows("SELECT count(*) FROM tenancy_agency") == agencies
    assert run.end() == 0
    assert run.nothing_left()


def a_childs_death_stops_the_rest(run):
    run.start()
    os.kill(run.demo["pids"]["mail"], signal.SIGKILL)
    assert run.process.wait(40) == 1
    last = run.output().partition("mail ended with code -9; its last lines:\n")[2]
    assert "mail door open" in last.splitlines()[0]
    assert run.nothing_left()


def user_of(pid):
    return int(Path(f"/proc/{pid}/status").read_text().partition("Uid:")[2].split()[0])

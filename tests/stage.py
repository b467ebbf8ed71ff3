"""The cast is built once in a process and stays in the database; each test plays before it, and what it did is rolled back.

Building it takes a quarter of a second, which would be half of the time that the suite takes. A test that commits leaves an
empty house: its rows are deleted past all triggers, which costs a twentieth of a flush, and the cast is written back as it was.
"""

import os
import pickle
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connections
from django.test import TestCase, TransactionTestCase
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus

from tests import world

FILLED = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'audit'::regnamespace) AND pg_relation_size(oid) > 0
AND relname NOT IN ('django_content_type', 'django_migrations', 'auth_permission')
"""
_should_check = TestCase._should_check_constraints
_kept = b""
_rows: dict[str, bytes] = {}


def leave_as_found() -> None:
    """From now on in this process, a test that commits is followed by `clear`, not by a flush; and no connection on which
    nothing was said is asked whether its rows fit together, for three of four are like that after most tests."""
    TransactionTestCase._fixture_teardown = lambda case: clear()
    TestCase._should_check_constraints = lambda case, connection: (
        _has_spoken(connection) and _should_check(case, connection)
    )


def _has_spoken(connection) -> bool:
    """A transaction begins with the first statement."""
    there = connection.connection
    return there is None or there.info.transaction_status != TransactionStatus.IDLE


def prepare(item: pytest.Item) -> None:
    """Before a test opens its transactions: the cast stands, or nobody does if the test is marked `empty_house`."""
    if item.get_closest_marker("empty_house"):
        if _stands():
            clear()
    elif not _stands():
        put_back(_rows) if _kept else _build()


def cast() -> SimpleNamespace:
    """The cast as it was built, the test's own to change."""
    return pickle.loads(_kept)


def clear() -> None:
    """Delete every row that belongs to somebody; append-only tables let nobody else do it."""
    with _past_triggers() as connection:
        for (table,) in connection.execute(FILLED).fetchall():
            connection.execute(f"DELETE FROM {table}")


def _build() -> None:
    global _kept
    _kept = pickle.dumps(world.build())
    _rows.update(rows_that_stand())


def rows_that_stand() -> dict[str, bytes]:
    """Every row that belongs to somebody, by table."""
    rows = {}
    with _past_triggers() as connection:
        for (table,) in connection.execute(FILLED).fetchall():
            with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                rows[table] = b"".join(copy)
    return rows


def put_back(rows: dict[str, bytes]) -> None:
    """Into an empty house, past all triggers; what they wrote is among the rows."""
    with _past_triggers() as connection:
        for table, lines in rows.items():
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(lines)


def _past_triggers() -> psycopg.Connection:
    """A transaction of the superuser, in which no trigger runs and no row refers to another."""
    name = connections["owner"].settings_dict["NAME"]
    address = make_conninfo(os.environ["DATABASE_SUPERUSER_URL"], dbname=name)
    return psycopg.connect(address, options="-c session_replication_role=replica")


def _stands() -> bool:
    """A test that commits takes the cast along."""
    with connections["maint"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM tenancy_agency LIMIT 1")
        return cursor.fetchone() is not None

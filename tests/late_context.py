"""A connection is told the context when it is next asked something, or commits; not at each change.

The product opens a transaction where the context is already complete. A test holds four connections in transactions all
the time, so each step of the door would be told to all four: a third of what the database is asked in the suite.
"""

from contextlib import contextmanager

from portal.core import context
from portal.core.db.base import DatabaseWrapper

_carry_at_once, _commit = DatabaseWrapper.carry_context, DatabaseWrapper._commit


def carry_late() -> None:
    """From now on, in this process."""
    DatabaseWrapper.carry_context, DatabaseWrapper._commit = _carry, _commit_as_who_asks_now


@contextmanager
def carried_at_once():
    """As in the product, for tests of just this."""
    DatabaseWrapper.carry_context = _carry_at_once
    try:
        yield
    finally:
        carry_late()


def _carry(connection) -> None:
    if not hasattr(connection, "is_stale"):
        connection.execute_wrappers.insert(0, _before_each_statement)
    connection.is_stale = True
    if not connection.in_atomic_block:
        connection.told = None  # a transaction begins; it knows nothing yet


def _before_each_statement(execute, sql, params, many, context):
    connection, sql_text = context["connection"], str(sql)
    if sql_text.startswith("ROLLBACK"):  # to a savepoint: what was told since is undone too
        connection.told, connection.is_stale = None, True
    elif not sql_text.startswith(("SAVEPOINT", "RELEASE")):
        _tell(connection)
    return execute(sql, params, many, context)


def _tell(connection) -> None:
    if getattr(connection, "is_stale", False):
        connection.is_stale, settings = False, context.current().settings
        if getattr(connection, "told", None) != settings:
            _carry_at_once(connection)
            connection.told = settings


def _commit_as_who_asks_now(connection) -> None:
    """Triggers that wait for the commit read the context too."""
    _tell(connection)
    _commit(connection)

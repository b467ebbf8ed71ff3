"""Plans outlive a rollback in tests: psycopg forgets a connection's plans then, and here every test ends with one.

In the product a rollback is rare. Made anew for each test, and for each question of a crawl, plans are half of what the
database works for. PostgreSQL itself keeps a plan over a rollback, and makes a new one when a table has changed.
"""

from psycopg._connection_base import BaseConnection
from psycopg._preparing import PrepareManager

_rollback = BaseConnection._rollback_gen
_should_discard = PrepareManager._should_discard


def keep_plans() -> None:
    """From now on, in this process; whatever else ends plans still does."""
    BaseConnection._rollback_gen = _rollback_that_forgets_nothing
    PrepareManager._should_discard = _discard_but_for_rollbacks


def _rollback_that_forgets_nothing(connection):
    kept, connection._prepared = connection._prepared, PrepareManager()
    try:
        yield from _rollback(connection)
    finally:
        connection._prepared = kept


def _discard_but_for_rollbacks(manager, prep, results) -> bool:
    """To a savepoint."""
    return _should_discard(manager, prep, [result for result in results if result.command_status != b"ROLLBACK"])

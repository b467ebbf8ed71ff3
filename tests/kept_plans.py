"""In tests every statement is planned once in a connection, as the product does with those of portal.core.prepared.

Row-level security makes a plan dear: made anew for each test, and for each question of a crawl, plans are half of what the
database works for. For that, values are bound by the server and not written into the statement, as Django lets one
choose (`server_side_binding`); `as_in_the_product` has it the other way again. psycopg forgets its plans at a rollback, and
here every test ends with one; PostgreSQL itself keeps them, and makes new ones when a table has changed.
"""

from contextlib import contextmanager

from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg._connection_base import BaseConnection
from psycopg._preparing import PrepareManager

from portal.core.db import base

GENERIC = "-c plan_cache_mode=force_generic_plan"
PRODUCTS_OWN = base.ContextCursor
PLANNED = ("SELECT", "INSERT", "UPDATE", "DELETE")
_rollback = BaseConnection._rollback_gen
_should_discard = PrepareManager._should_discard


class KeepingCursor(base.Carrying, ServerBindingCursor):
    """The cursor of the ORM and of raw statements; what has no values may be several statements, and is sent as it is."""

    def execute(self, query, params=None, **how):
        if params and isinstance(query, str) and query.startswith(PLANNED):
            how["prepare"] = True
        return super().execute(query, params or None, **how)


def keep_plans() -> None:
    """From now on, in this process; whatever else ends plans still does."""
    BaseConnection._rollback_gen = _rollback_that_forgets_nothing
    PrepareManager._should_discard = _discard_but_for_rollbacks
    PrepareManager.prepared_max = 2000
    base.ContextCursor = KeepingCursor
    for database in settings.DATABASES.values():
        options = database["OPTIONS"]
        options |= {"server_side_binding": True, "options": f"{options.get('options', '')} {GENERIC}".strip()}
        options.setdefault("prepare_threshold", 5)


@contextmanager
def as_in_the_product(alias: str = "default"):
    """Meanwhile this connection writes values into its statements, and each is planned when it is asked."""
    connection = connections[alias]
    connection.ensure_connection()
    kept = connection.connection.cursor_factory
    connection.connection.cursor_factory, connection.features.uses_server_side_binding = PRODUCTS_OWN, False
    try:
        yield
    finally:
        connection.connection.cursor_factory, connection.features.uses_server_side_binding = kept, True


def _rollback_that_forgets_nothing(connection):
    kept, connection._prepared = connection._prepared, PrepareManager()
    try:
        yield from _rollback(connection)
    finally:
        connection._prepared = kept


def _discard_but_for_rollbacks(manager, prep, results) -> bool:
    """To a savepoint."""
    return _should_discard(manager, prep, [result for result in results if result.command_status != b"ROLLBACK"])

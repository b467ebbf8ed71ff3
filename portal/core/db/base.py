"""PostgreSQL backend that carries our context into every transaction.

Django opens a transaction in one place, `set_autocommit(False)`; so ATOMIC_REQUESTS, atomic(), tasks,
commands and tests are all covered. The settings are transaction-local: nothing can leak to the next user
of a pooled connection.
"""

from datetime import UTC, datetime

from django.db.backends.postgresql import base, operations
from psycopg.adapt import AdaptersMap
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import TimestamptzLoader

from portal.core import context


class Moment(TimestamptzLoader):
    """A moment as Django reads it, at a quarter of the price; a page reads some two hundred."""

    timezone = UTC

    def load(self, data):
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data).replace(tzinfo=UTC)


class PlannedCursor(base.ServerBindingCursor):  # type: ignore[name-defined]
    """Prepares each statement the first time; the server keeps its plan as long as the connection lives.

    psycopg forgets them at a rollback, and prepares nothing when DATABASE_PREPARED=0.
    """

    def execute(self, query, params=None):
        return super().execute(query, params, prepare=True)


class DatabaseOperations(operations.DatabaseOperations):
    """Django's operations, able to tell what a planned cursor has asked."""

    def last_executed_query(self, cursor, sql, params):
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper, plus `carry_context` and `planned_cursor`."""

    ops_class = DatabaseOperations

    def get_connection_params(self):
        params = super().get_connection_params()
        params["context"] = AdaptersMap(params["context"])
        params["context"].register_loader("timestamptz", Moment)
        return params

    def planned_cursor(self):
        """A cursor for statements that are the same each time; parameters are named and all of them texts or None."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(PlannedCursor(self.connection))  # type: ignore[attr-defined]

    def set_autocommit(self, autocommit, force_begin_transaction_with_broken_autocommit=False):
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit:
            self.carry_context()

    def carry_context(self) -> None:
        """Hand the context to PostgreSQL; in a failed transaction there is nothing to protect any more."""
        if self.connection is None or self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        with self.wrap_database_errors, PlannedCursor(self.connection) as cursor:
            cursor.execute(context.SQL, context.current().settings)

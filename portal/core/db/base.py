"""PostgreSQL backend that carries our context into every transaction.

Every cursor, before it asks something inside a transaction, hands over the context in force unless the transaction has
it already; so ATOMIC_REQUESTS, atomic(), tasks, commands and tests are all covered, and a context in which nothing is
asked costs nothing. The settings are transaction-local: nothing can leak to the next user of a pooled connection.
"""

from datetime import UTC, datetime

from django.db.backends.postgresql import base, operations
from psycopg import OperationalError
from psycopg.adapt import AdaptersMap
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import TimestamptzLoader
from psycopg_pool import ConnectionPool

from portal.core import context

OUTSIDE = "outside of a transaction"
SAVEPOINTS = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")
"""Statements that read nothing, so the context may wait for the next one."""


class Moment(TimestamptzLoader):
    """A moment as Django reads it, at a quarter of the price; a page reads some two hundred."""

    timezone = UTC

    def load(self, data):
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data).replace(tzinfo=UTC)


class Carrying:
    """Hands over the context before each statement that may read something."""

    def execute(self, query, params=None, **how):
        if not (isinstance(query, str) and query.startswith(SAVEPOINTS)):
            carry_context(self.connection)  # type: ignore[attr-defined]
        return super().execute(query, params, **how)  # type: ignore[misc]

    def executemany(self, query, params_seq, **how):
        carry_context(self.connection)  # type: ignore[attr-defined]
        return super().executemany(query, params_seq, **how)  # type: ignore[misc]

    def copy(self, statement, params=None, **how):
        carry_context(self.connection)  # type: ignore[attr-defined]
        return super().copy(statement, params, **how)  # type: ignore[misc]


class ContextCursor(Carrying, base.Cursor):  # type: ignore[name-defined]
    """The cursor of the ORM and of raw statements."""


class PreparingCursor(base.ServerBindingCursor):  # type: ignore[name-defined]
    """Prepares each statement the first time; the server keeps its plan as long as the connection lives.

    psycopg forgets them at a rollback, and prepares nothing when DATABASE_PREPARED=0.
    """

    def execute(self, query, params=None):
        return super().execute(query, params, prepare=True)


class PlannedCursor(Carrying, PreparingCursor):
    """The cursor of portal.core.prepared."""


def carry_context(connection) -> None:
    """Hand the context to PostgreSQL, if this psycopg connection is in a transaction that has another one."""
    carried = getattr(connection, "carried", OUTSIDE)
    settings = context.current().settings
    if carried is OUTSIDE or carried == settings:
        return
    if connection.info.transaction_status == TransactionStatus.INERROR:
        return
    PreparingCursor(connection).execute(context.SQL, settings)
    connection.carried = settings


def lives(connection) -> bool:
    """Whether PostgreSQL answers on it."""
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True


class DatabaseOperations(operations.DatabaseOperations):
    """Django's operations, able to tell what a planned cursor has asked."""

    def last_executed_query(self, cursor, sql, params):
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper with cursors that carry the context, and `planned_cursor`."""

    ops_class = DatabaseOperations

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._carried_at: dict[str, list[str] | None] = {}

    def get_connection_params(self):
        params = super().get_connection_params()
        params["context"] = AdaptersMap(params["context"])
        params["context"].register_loader("timestamptz", Moment)
        params["cursor_factory"] = ContextCursor
        return params

    def get_new_connection(self, conn_params):
        """A connection that lives: PostgreSQL may have been restarted, or have cut it, while it lay in the pool.

        The pool's own check pauses for a second after each dead connection, and longer each time; so all that lie
        there are looked at together.
        """
        connection = super().get_new_connection(conn_params)
        pool: ConnectionPool | None = self.pool  # type: ignore[attr-defined]
        if not pool or lives(connection):
            return connection
        pool.putconn(connection)
        pool.check()
        return super().get_new_connection(conn_params)

    def create_cursor(self, name=None):
        if name:
            carry_context(self.connection)
        return super().create_cursor(name)

    def planned_cursor(self):
        """A cursor for statements that are the same each time; parameters are named and all of them texts or None."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(PlannedCursor(self.connection))  # type: ignore[attr-defined]

    def set_autocommit(self, autocommit, force_begin_transaction_with_broken_autocommit=False):
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if self.connection is not None:
            self.connection.carried = OUTSIDE if autocommit else None

    def _savepoint(self, sid):
        super()._savepoint(sid)
        self._carried_at[sid] = self.connection.carried

    def _savepoint_commit(self, sid):
        super()._savepoint_commit(sid)
        self._carried_at.pop(sid, None)

    def _savepoint_rollback(self, sid):
        """PostgreSQL takes the settings back as well."""
        super()._savepoint_rollback(sid)
        self.connection.carried = self._carried_at.get(sid)

    def _rollback(self):
        super()._rollback()
        self._forget_context()

    def _commit(self):
        super()._commit()
        self._forget_context()

    def _forget_context(self) -> None:
        """What the transaction has now is unknown; the next statement brings its context along."""
        self._carried_at.clear()
        if self.connection is not None and not self.connection.autocommit:
            self.connection.carried = None

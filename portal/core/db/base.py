"""PostgreSQL backend that carries our context into every transaction.

Django opens a transaction in one place, `set_autocommit(False)`; so ATOMIC_REQUESTS, atomic(), tasks,
commands and tests are all covered. The settings are transaction-local: nothing can leak to the next user
of a pooled connection.
"""

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from portal.core import context


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper, plus `carry_context`."""

    def set_autocommit(self, autocommit, force_begin_transaction_with_broken_autocommit=False):
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit:
            self.carry_context()

    def carry_context(self) -> None:
        """Hand the context to PostgreSQL; in a failed transaction there is nothing to protect any more."""
        if self.connection is None or self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(context.SQL, context.current().settings)

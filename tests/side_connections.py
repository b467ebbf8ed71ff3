"""The context of connections beside the main one is carried only when somebody asks them something.

A test holds four connections in transactions, a request of a real portal one. Each change of the context would be told
to all four, which is a third of what the walls' tests take; the main connection is told at once, as in the product.
"""

from portal.core.db.base import DatabaseWrapper

_carry_at_once = DatabaseWrapper.carry_context


def carry_late() -> None:
    """From now on, in this process."""
    DatabaseWrapper.carry_context = _carry


def _carry(connection) -> None:
    if connection.alias == "default":
        return _carry_at_once(connection)
    if not hasattr(connection, "is_stale"):
        connection.execute_wrappers.append(_before_each_statement)
    connection.is_stale = True


def _before_each_statement(execute, sql, params, many, context):
    connection = context["connection"]
    if connection.is_stale:
        connection.is_stale = False
        _carry_at_once(connection)
    return execute(sql, params, many, context)

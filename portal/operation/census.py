"""What is in a database, counted: rows per table and agency, the head of the audit log's chain, the migrations."""

from typing import Any

import psycopg
from psycopg import sql

TABLES = """
SELECT t.schemaname, t.tablename, CASE WHEN t.tablename = 'tenancy_agency' THEN 'id' WHEN EXISTS (
  SELECT FROM pg_attribute a WHERE a.attrelid = format('%I.%I', t.schemaname, t.tablename)::regclass
    AND a.attname = 'agency_id' AND NOT a.attisdropped) THEN 'agency_id' END
FROM pg_tables t WHERE t.schemaname IN ('public', 'audit') ORDER BY 1, 2
"""

Connection = psycopg.Connection[Any]


def count_rows(database: Connection) -> dict[str, dict[str, int]]:
    """By "schema.table" and agency's id as text; "" where rows belong to no agency. Empty tables have an empty dict."""
    return {f"{schema}.{table}": _rows(database, schema, table, column) for schema, table, column in _tables(database)}


def chain_head(database: Connection) -> list[Any]:
    """Number and hash of the newest seal of the audit log; an empty list when nothing was sealed yet."""
    row = database.execute("SELECT n, encode(hash, 'hex') FROM audit.seal ORDER BY n DESC LIMIT 1").fetchone()
    return list(row or ())


def migrations(database: Connection) -> list[str]:
    """Every migration that was applied, as "app.name", sorted."""
    rows = database.execute("SELECT app || '.' || name FROM django_migrations").fetchall()
    return sorted(row[0] for row in rows)


def differences(before: dict[str, dict[str, int]], after: dict[str, dict[str, int]]) -> list[str]:
    """Where two counts of rows differ, in words; empty when they are equal."""
    return [
        f"{table}: {after.get(table)} rows by agency instead of {before.get(table)}"
        for table in sorted(before.keys() | after.keys())
        if before.get(table) != after.get(table)
    ]


def _tables(database: Connection) -> list[tuple[str, str, str | None]]:
    return database.execute(TABLES).fetchall()


def _rows(database: Connection, schema: str, table: str, column: str | None) -> dict[str, int]:
    key = sql.SQL("coalesce({}::text, '')").format(sql.Identifier(column)) if column else sql.SQL("''")
    question = sql.SQL("SELECT {}, count(*) FROM {} GROUP BY 1").format(key, sql.Identifier(schema, table))
    return dict(database.execute(question).fetchall())

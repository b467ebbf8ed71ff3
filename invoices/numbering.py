"""Numbers without gap and twin: the counter's row is locked by the statement that moves it, until the invoice is committed."""

from django.db import connection

NEXT = """
INSERT INTO invoices_invoicecounter (agency_id, series, year, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (agency_id, series, year) DO UPDATE SET last = invoices_invoicecounter.last + 1 RETURNING last
"""


def next_of(agency_id: int, series: str, year: int) -> int:
    """The next number of a series. Call it last in a transaction, for others wait behind it; a rollback gives it back."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [agency_id, series, year])
        return cursor.fetchone()[0]


def number_of(series: str, year: int, sequence: int) -> str:
    """As it stands on the paper: "2026-0418", with a series "CN2026-0001"."""
    return f"{series}{year}-{sequence:04}"

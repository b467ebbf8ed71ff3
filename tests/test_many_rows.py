"""A page reads the rows that it shows. Where there are thousands more of them, it still reads no more."""

import pytest
from django.db import connection, connections, transaction

from bench.data import PROTOCOLS, WORK
from portal.core.context import tenant
from tests.browse import browse_as, url
from tests.tickets.makers import open_for
from worklog.actions import kinds

MANY, FEW = 5000, 1500
TABLES = ("protocols_protocol", "worklog_workentry")


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_no_page_reads_all_protocols_or_all_time(cast):
    with tenant(cast.north.pk), transaction.atomic():
        kind, ticket = kinds.first(cast.north), open_for(cast.acme, cast.anna)
    of_client = {"agency": cast.north.pk, "client": cast.acme.pk, "author": cast.nora.pk, "rows": MANY}
    with connections["owner"].cursor() as cursor:
        cursor.execute(PROTOCOLS.replace("now() - n * interval '1 minute'", "now() - n * interval '1 day'"), of_client)
        # Most of it a year ago: what is of this month is on the page.
        cursor.execute(
            WORK.replace("n <= 2000", "n <= 20"),
            of_client | {"people": [cast.nora.pk] * 20, "kind": kind.pk, "daily": 5},
        )
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")

    pages = [
        url("client_home", cast.acme),
        url("protocols:index", cast.acme),
        url("mailbox:index", cast.acme),
        url("worklog:index", cast.acme),
        url("tickets:detail", cast.acme, ticket.number),
    ]
    browser = browse_as(cast.anna)
    for page in pages * 2:  # the second time nothing is new any more
        with transaction.atomic():
            before = _read()
            assert browser.get(page).status_code == 200
            read = _read() - before
        assert read < FEW, f"{page} read {read} rows"


def _read() -> int:
    """Rows that this transaction has read in these tables one after the other, and entries in their indexes."""
    ask = """
        SELECT sum(pg_stat_get_xact_tuples_returned(t)) + sum((SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index
            WHERE indrelid = t)) FROM unnest(%s::regclass[]) t
    """
    with connection.cursor() as cursor:
        cursor.execute(ask, [list(TABLES)])
        return int(cursor.fetchone()[0])

"""A page reads the rows that it shows. Where there are thousands more of them, it still reads no more."""

from collections import Counter

import pytest
from django.db import connection, connections, transaction

from bench.data import PROTOCOLS, WORK
from portal.core.context import tenant
from tests.browse import browse_as, url
from tests.kept_plans import as_in_the_product
from tests.tickets.makers import open_for
from worklog.actions import kinds

MANY = 5000
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
        cursor.execute("ANALYZE")  # of all: what other tests left behind is no guide for the planner

    pages = [
        url("client_home", cast.acme),
        url("protocols:index", cast.acme),
        url("mailbox:index", cast.acme),
        url("worklog:index", cast.acme),
        url("tickets:detail", cast.acme, ticket.number),
    ]
    browser = browse_as(cast.anna)
    for page in pages * 2:  # the second time nothing is new any more
        with transaction.atomic(), as_in_the_product():
            before = _read()
            assert browser.get(page).status_code == 200
            read = _read() - before
        assert read.total() < MANY, f"{page} read {read}"


def _read() -> Counter[str]:
    """Rows that this transaction has read in these tables one after the other, and entries in each of their indexes."""
    ask = """
        SELECT c.relname, pg_stat_get_xact_tuples_returned(c.oid) FROM pg_class c
        WHERE c.oid = ANY (%(tables)s::regclass[])
            OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY (%(tables)s::regclass[]))
    """
    with connection.cursor() as cursor:
        cursor.execute(ask, {"tables": list(TABLES)})
        return Counter(dict(cursor.fetchall()))

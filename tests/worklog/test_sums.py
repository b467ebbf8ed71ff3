"""The sums of a month are read from the index alone, whoever asks."""

from datetime import date

import pytest
from django.db import connection, transaction

from portal.tenancy.scope import acting_as
from worklog.filtering import View
from worklog.hanging import entries_of
from worklog.months import Month
from worklog.sums import COLUMNS, QUERY


@pytest.mark.parametrize("reader", ["anna", "nora"])
def test_sums_come_from_the_covering_index(cast, log, reader):
    log(90, day=date(2026, 10, 1))
    member = getattr(cast, reader)
    with acting_as(member), transaction.atomic(), connection.cursor() as cursor:
        rows = View.read({"month": "2026-10"}).of_month(entries_of(member, cast.acme))
        sql, params = rows.order_by().values_list(*COLUMNS).query.sql_with_params()
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {QUERY.format(sql)}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Only Scan using work_entry_by_client" in plan, plan


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11", "2026-11"),
        ("2026-13", ""),
        ("1999-12", ""),
        ("2101-01", ""),
        ("２０２６-11", ""),
        ("2026-1", ""),
        ("", ""),
    ],
)
def test_month_is_read_from_the_address(text, found):
    month = Month.read(text)

    assert (month.key if month else "") == found


def test_months_follow_each_other():
    month = Month(date(2028, 2, 1))

    assert (month.last, month.before.key, month.after.key) == (date(2028, 2, 29), "2028-01", "2028-03")
    assert len(month.days) == 29

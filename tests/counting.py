"""Counting what a page asks of the database."""

from django.db import connections
from django.test.utils import CaptureQueriesContext

# The frame of transactions is no question, and these answers are remembered for a while by each process or in Redis.
FRAME = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SELECT set_config('app.")
REMEMBERED = tuple(
    f' FROM "{table}" '
    for table in ("tenancy_agencyaddress", "mail_clientaddress", "tenancy_calendar", "tenancy_calendarexception")
)


def queries_of(browser, path: str) -> list[str]:
    """The SQL of one page, which must answer 200."""
    return visit(browser, path)[1]


def visit(browser, path: str) -> tuple:
    """The answer of one page, which must be 200, and its SQL."""
    browser.get(path)  # whatever is written or warmed up once
    with CaptureQueriesContext(connections["default"]) as captured:
        answer = browser.get(path)
    assert answer.status_code == 200
    asked = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(FRAME)]
    return answer, [sql for sql in asked if not any(table in sql for table in REMEMBERED)]

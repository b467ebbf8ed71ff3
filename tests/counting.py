"""Counting what a page asks of the database; the frame of transactions (savepoints, the context) is not a question."""

from django.db import connections
from django.test.utils import CaptureQueriesContext

FRAME = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SELECT set_config('app.")


def queries_of(browser, path: str) -> list[str]:
    """The SQL of one page, which must answer 200."""
    browser.get(path)  # whatever is written or warmed up once
    with CaptureQueriesContext(connections["default"]) as captured:
        assert browser.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(FRAME)]

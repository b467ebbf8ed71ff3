"""Structured logs: one JSON object a line, with request id, agency and member."""

import logging
import re

from pythonjsonlogger.json import JsonFormatter

from portal.core import context

PLACES = (
    "/people/join/ /password/reset/key/ /second-factor/reset/ /confirm-email/ /c/ /protocols/done/ /notifications/off/ "
    "/requests/by-mail/ /tickets/mute/"
).split()
SECRET = re.compile(rf"({'|'.join(PLACES)})[^/\"'\s\\]+")
"""Addresses that open something to whoever has them; tests/core/test_logs.py holds them against the routes."""
ROWS = (
    re.compile(r"\nDETAIL:.*?(?=\n(?:HINT|CONTEXT):|\n\n(?:The above|During handling)|\Z)", re.DOTALL),
    re.compile(r"\\nDETAIL:.*?(?=\\n(?:HINT|CONTEXT):|['\"]\))"),
)
"""What the database adds to a refusal: the values of the row, which may be anybody's words. As it stands in a traceback, and in
the one line that the worker writes of an exception.
"""


class Trace(logging.Filter):
    """Adds who and where to every record that does not say it itself (the line of a request, written outside the door)."""

    def filter(self, record: logging.LogRecord) -> bool:
        now = context.current()
        record.request_id = now.request_id
        record.agency = now.agency_id or getattr(record, "agency", None)
        record.member = now.member_id or getattr(record, "member", None)
        record.job = now.task
        return True


class Formatter(JsonFormatter):
    """Fields in a fixed order; empty ones are left out, and of addresses with a secret the secret."""

    def __init__(self):
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s %(agency)s %(member)s %(job)s",
            rename_fields={"asctime": "at", "levelname": "level", "name": "logger"},
        )

    def process_log_record(self, log_record):
        return {key: _without_rows(value) for key, value in log_record.items() if value not in (None, "")}

    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(r"\1***", super().format(record))


def _without_rows(value):
    if isinstance(value, str) and "DETAIL:" in value:
        for row in ROWS:
            value = row.sub("", value)
    return value

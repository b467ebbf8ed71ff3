"""Asking the portal as somebody, and reading all that comes back."""

import io
import logging
import re
import sys
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

from django.core.signals import got_request_exception
from django.db import connections
from django.template import Template
from django.test import Client as Browser
from django.test.client import ClientHandler
from django.urls import reverse
from psycopg import Cursor
from pypdf import PdfReader

from portal.core.logs import Formatter, Trace
from portal.tenancy.scope import at_prefix
from tests.routes import ADMIN_REDIRECT, AGENCY, GLOBAL, routes_of

NO_NEWS = {"accounts_session", "accounts_attempt", "event", "otp_email_emaildevice"}
"""Tables that any request may write: sessions, counters of tries, the audit log."""
WRITES = """
SELECT relname, changed, deleted FROM (
    SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid) AS changed,
        pg_stat_get_xact_tuples_deleted(oid) AS deleted
    FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace <> 'pg_catalog'::regnamespace OFFSET 0
) AS counted WHERE changed > 0 OR deleted > 0
"""
"""As pg_stat_xact_user_tables, without what that asks besides: it was half of what a refused request costs."""
FORMATTER = Formatter()
AWAY = re.compile(r"/accounts/login/\?next=")
CLIENT = "<client:client>"
PATTERNS = {urlconf: {route.name: route.pattern for route in routes_of(urlconf)} for urlconf in (AGENCY, GLOBAL)}


def browser_of(w, person: str) -> Browser:
    """A browser that is signed in as this person."""
    browser = Browser(raise_request_exception=False)
    browser.handler = _handler()
    browser.cookies.load(w.cookies[None if person == "stranger" else person])
    return browser


@cache
def _handler() -> ClientHandler:
    """One for all browsers: each would put the middleware together anew."""
    return ClientHandler(enforce_csrf_checks=False)


def path_of(row, things, urlconf: str = AGENCY, *, agency: str = "", client=None, prefix: str = "") -> str:
    """The address of a route; `client` puts the ids of these things under another client, `agency` under another agency.

    prefix: "/" on an agency's own domain.
    """
    args = list(args_of(row, things))
    if CLIENT in PATTERNS[urlconf][row.name]:
        args.insert(0, (client or things.client).slug)
    agency = agency or things.client.agency.slug
    with at_prefix(prefix or (f"/{agency}/" if urlconf == AGENCY else "/")):
        if row.name.endswith(f"_{ADMIN_REDIRECT}"):
            changing = reverse(row.name.replace(ADMIN_REDIRECT, "change"), urlconf=urlconf, args=args)
            return changing.removesuffix("change/")
        return reverse(row.name, urlconf=urlconf, args=args)


def args_of(row, things) -> tuple:
    """What stands in the address for these things; asked for once, because some are looked up in the database."""
    kept = vars(things).setdefault("args_of_rows", {})
    if row.args not in kept:
        kept[row.args] = tuple(row.args(things))
    return kept[row.args]


def unwatched():
    """Templates are filled as in the product. Else Django keeps a copy of the context of each piece of a page, for answer.context."""
    return patch.object(Template, "_render", lambda template, context: template.nodelist.render(context))


class Trial:
    """Asks one question after another; what a question wrote is undone before the next one is asked.

    Most write nothing, so one savepoint serves many of them, and one reading of what has been written so far is the last
    of one question and the first of the next.
    """

    def __enter__(self):
        self.unwatched = unwatched()
        self.unwatched.start()
        self.connection = connections["default"]
        self.point, self.written = self.connection.savepoint(), _written("default")
        return self

    def __exit__(self, *_):
        self._undo()
        self.connection.savepoint_commit(self.point)
        self.unwatched.stop()

    def ask(self, browser: Browser, method: str, path: str, data: dict | None = None, **extra):
        """The answer, and the tables that the request wrote, even if it rolled back. Its log lines are in answer.log."""
        is_platform = path.startswith("/admin/")
        before, before_there = self.written, _written("maint") if is_platform else {}
        with _troubles() as troubles, _log_lines() as lines:
            answer = getattr(browser, method)(path, data or {}, **extra)
        answer.trouble, answer.log = troubles[0] if troubles else "", "\n".join(lines)
        self.written, there = _written("default"), _written("maint") if is_platform else {}
        if self.written != before or self.connection.needs_rollback:
            self._undo()
        news = self.written.items() - before.items() | there.items() - before_there.items()
        return answer, {name for name, _number in news} - NO_NEWS

    def _undo(self) -> None:
        self.connection.needs_rollback = False
        self.connection.savepoint_rollback(self.point)


@contextmanager
def _troubles():
    """Exceptions that the portal turned into an error page."""
    found: list[str] = []

    def note(sender, **kwargs):
        found.append(repr(sys.exc_info()[1]))

    got_request_exception.connect(note)
    try:
        yield found
    finally:
        got_request_exception.disconnect(note)


@contextmanager
def _log_lines():
    """What the portal writes into its log meanwhile, as it is written; it goes nowhere else."""
    lines: list[str] = []
    handler, root = logging.Handler(), logging.getLogger()
    handler.setFormatter(FORMATTER)
    handler.addFilter(Trace())
    handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]
    kept, root.handlers = root.handlers, [handler]
    try:
        yield lines
    finally:
        root.handlers = kept


def _written(alias: str) -> dict[str, int]:
    """How many rows of each table a connection has written in its transaction; past the wrapper, which would speak first."""
    rows = Cursor(connections[alias].connection).execute(WRITES, prepare=True).fetchall()
    return {name: changed for name, changed, _deleted in rows if changed} | {
        f"{name} (deleted)": deleted for name, _changed, deleted in rows if deleted
    }


def outcome(answer) -> int | str:
    """The status, or "in" for the way to the sign-in."""
    asked_to = answer.status_code == 401 or (answer.status_code == 302 and AWAY.search(answer["Location"]))
    return "in" if asked_to else answer.status_code


def text_of(answer) -> str:
    """Headers and body; of a PDF its words, of a calendar its lines as they were before they were folded."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    words = _pdf_text(body) if answer.get("Content-Type") == "application/pdf" else body.decode("utf-8", "replace")
    words = words.replace("\r\n ", "") if answer.get("Content-Type", "").startswith("text/calendar") else words
    return "\n".join([*(f"{name}: {value}" for name, value in answer.items()), words])


def _pdf_text(content: bytes) -> str:
    """Words and facts of a PDF, without spaces: a long word may be broken anywhere."""
    reader = PdfReader(io.BytesIO(content))
    pages = "".join("".join(page.extract_text().split()) for page in reader.pages)
    return f"{pages}\n{dict(reader.metadata or {})}"

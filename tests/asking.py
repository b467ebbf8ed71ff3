"""Asking the portal as somebody, and reading all that comes back."""

import logging
import re
import sys
from collections import Counter
from contextlib import contextmanager

from django.core.signals import got_request_exception
from django.db import connections
from django.test import Client as Browser
from django.urls import reverse

from portal.tenancy.scope import at_prefix
from tests.routes import ADMIN_REDIRECT, AGENCY, GLOBAL, routes_of

NO_NEWS = {"accounts_session", "accounts_attempt", "event", "otp_email_emaildevice"}
"""Tables that any request may write: sessions, counters of tries, the audit log."""
WRITES = """
SELECT relname, n_tup_ins + n_tup_upd FROM pg_stat_xact_user_tables
UNION ALL SELECT relname || ' (deleted)', n_tup_del FROM pg_stat_xact_user_tables
"""
AWAY = re.compile(r"/accounts/(login|session-expired)/\?next=")
CLIENT = "<slug:client>"
PATTERNS = {urlconf: {route.name: route.pattern for route in routes_of(urlconf)} for urlconf in (AGENCY, GLOBAL)}
logging.getLogger("portal.request").setLevel(logging.ERROR)


def browser_of(w, person: str) -> Browser:
    """A browser that is signed in as this person."""
    browser = Browser(raise_request_exception=False)
    browser.cookies.load(w.cookies[None if person == "stranger" else person])
    return browser


def path_of(row, things, urlconf: str = AGENCY, *, agency: str = "", client=None) -> str:
    """The address of a route; `client` puts the ids of these things under another client, `agency` under another agency."""
    args = list(row.args(things))
    if CLIENT in PATTERNS[urlconf][row.name]:
        args.insert(0, (client or things.client).slug)
    agency = agency or things.client.agency.slug
    with at_prefix(f"/{agency}/" if urlconf == AGENCY else "/"):
        if row.name.endswith(f"_{ADMIN_REDIRECT}"):
            changing = reverse(row.name.replace(ADMIN_REDIRECT, "change"), urlconf=urlconf, args=args)
            return changing.removesuffix("change/")
        return reverse(row.name, urlconf=urlconf, args=args)


def ask(browser: Browser, method: str, path: str, data: dict | None = None, **extra):
    """The answer, and the tables that the request wrote, even if it rolled back."""
    with _troubles() as troubles:
        aliases = ("default", "maint") if path.startswith("/admin/") else ("default",)
        before = _written(aliases)
        answer = getattr(browser, method)(path, data or {}, **extra)
        after = _written(aliases)
    answer.trouble = troubles[0] if troubles else ""
    return answer, {name for name in after if after[name] != before.get(name, 0)} - NO_NEWS


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


def _written(aliases: tuple[str, ...]) -> dict[str, int]:
    """How many rows of each table these connections have written in their transactions."""
    numbers: Counter = Counter()
    for alias in aliases:
        with connections[alias].cursor() as cursor:
            cursor.execute(WRITES)
            numbers.update({name: number for name, number in cursor.fetchall() if number})
    return numbers


def outcome(answer) -> int | str:
    """The status, or "in" for the way to the sign-in."""
    return "in" if answer.status_code == 302 and AWAY.search(answer["Location"]) else answer.status_code


def text_of(answer) -> str:
    """Headers and body."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return "\n".join(f"{name}: {value}" for name, value in answer.items()) + "\n" + body.decode("utf-8", "replace")

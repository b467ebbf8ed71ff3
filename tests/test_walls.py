"""Every route of both URLconfs to every viewer, by GET and POST: the right answer, nothing written, nobody else's words."""

import logging
import re

import pytest
from django.core.signals import got_request_exception
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from portal.tenancy.scope import at_prefix
from tests.canary import foreign_tokens
from tests.route_table import COLUMNS, TABLE, Row
from tests.routes import ADMIN_REDIRECT, AGENCY, GLOBAL, routes_of
from tests.scenery import scenery, undone

__all__ = ["scenery"]

NO_NEWS = {"accounts_session", "accounts_attempt", "event", "otp_email_emaildevice"}
"""Tables that any request may write: sessions, counters of tries, the audit log."""
MARKS = {"protocols_protocolread", "mailbox_mailread"}
"""Tables that opening a page may write: who has read what."""
SAME_AS_RITA = {"bob", "carl", "zoe", "gina"}
"""Whom the admin's one guard turns away before it looks at the method; they are only asked to POST there."""
WRITES = """
SELECT relname, n_tup_ins + n_tup_upd FROM pg_stat_xact_user_tables
UNION ALL SELECT relname || ' (deleted)', n_tup_del FROM pg_stat_xact_user_tables
"""


@pytest.mark.parametrize("urlconf", [AGENCY, GLOBAL])
def test_table_and_routes_are_the_same(urlconf):
    names = [row.name for row in TABLE[urlconf]]

    assert sorted(names) == sorted(route.name for route in routes_of(urlconf))


@pytest.mark.django_db(databases=["default", "log", "maint"])
@pytest.mark.parametrize("viewer", COLUMNS)
@pytest.mark.parametrize("urlconf", [AGENCY, GLOBAL])
def test_v8_2_1_every_route_answers_this_viewer_as_the_table_says(scenery, urlconf, viewer):
    wrong = [fault for row in TABLE[urlconf] for fault in faults_of(scenery, row, urlconf, viewer)]

    assert not wrong, "\n" + "\n".join(wrong)


def faults_of(w, row: Row, urlconf: str, viewer: str):
    """What is wrong with the answers of one route to one viewer."""
    person = row.who if viewer == "insider" else viewer
    browser = browser_of(w, person)
    path = path_of(row, w.things["acme"], urlconf)
    for method, expected in (("get", row.get[viewer]), ("post", row.post[viewer])):
        if method == "get" and viewer in SAME_AS_RITA and ":" in row.name and row.name.startswith(("admin", "platform")):
            continue
        data = row.data(w.things["acme"]) if method == "post" else {}
        with undone():
            answer, written = ask(browser, method, path, data)
        where = f"{method.upper()} {row.name} {path} by {person}"
        found = outcome(answer)
        if found != expected:
            yield f"{where}: {found} instead of {expected} {getattr(answer, 'trouble', '')}"
        yield from _wrong_writes(row, method, viewer, found, written, where)
        if person != "paula":
            address = "north" if urlconf == AGENCY else ""
            for token in foreign_tokens(text_of(answer), person, address=address, asked=path):
                if not any(f"-{table}-" in token for table in row.reveals):
                    yield f"{where}: shows {token}"


def _wrong_writes(row: Row, method: str, viewer: str, found, written: set[str], where: str):
    if found == "in" or found >= 400:
        allowed = set()
    else:
        allowed = MARKS | row.read_writes if method == "get" else written
    if written - allowed:
        yield f"{where}: answers {found}, but wrote {sorted(written - allowed)}"
    if method == "post" and viewer == "insider" and row.writes and not written:
        yield f"{where}: wrote nothing, so this row proves nothing"


def browser_of(w, person: str) -> Browser:
    """A browser that is signed in as this person."""
    browser = Browser(raise_request_exception=False)
    browser.cookies.load(w.cookies[None if person == "stranger" else person])
    return browser


def path_of(row: Row, things, urlconf: str, *, agency: str = "", client=None) -> str:
    """The address of a route; `client` puts the ids of these things under another client."""
    args = list(row.args(things))
    if CLIENT in PATTERNS[urlconf][row.name]:
        args.insert(0, (client or things.client).slug)
    agency = agency or things.client.agency.slug
    with at_prefix(f"/{agency}/" if urlconf == AGENCY else "/"):
        if row.name.endswith(f"_{ADMIN_REDIRECT}"):
            changing = reverse(row.name.replace(ADMIN_REDIRECT, "change"), urlconf=urlconf, args=args)
            return changing.removesuffix("change/")
        return reverse(row.name, urlconf=urlconf, args=args)


CLIENT = "<slug:client>"
PATTERNS = {urlconf: {route.name: route.pattern for route in routes_of(urlconf)} for urlconf in (AGENCY, GLOBAL)}


def ask(browser: Browser, method: str, path: str, data: dict, **extra):
    """The answer, and the tables that the request wrote (rolled back or not)."""
    troubles = []
    note = lambda sender, **kwargs: troubles.append(repr(__import__("sys").exc_info()[1]))  # noqa: E731
    got_request_exception.connect(note)
    before = _written()
    try:
        answer = getattr(browser, method)(path, data, **extra)
    finally:
        got_request_exception.disconnect(note)
    if troubles:
        answer.trouble = troubles[0]
    after = _written()
    return answer, {name for name in after if after[name] != before.get(name, 0)} - NO_NEWS


def _written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITES)
        return {name: number for name, number in cursor.fetchall() if number}


def outcome(answer) -> int | str:
    """The status, or "in" for the way to the sign-in."""
    is_away = answer.status_code == 302 and re.search(r"/accounts/(login|session-expired)/\?next=", answer["Location"])
    return "in" if is_away else answer.status_code


def text_of(answer) -> str:
    """Headers and body."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return "\n".join(f"{name}: {value}" for name, value in answer.items()) + "\n" + body.decode("utf-8", "replace")


logging.getLogger("portal.request").setLevel(logging.ERROR)

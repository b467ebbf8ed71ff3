"""Every route of both URLconfs to every viewer, by GET and POST: the right answer, nothing written, nobody else's words."""

import re

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.test.client import ClientHandler
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.catalogue import all_models, is_tenant
from portal.tenancy.models import Client
from tests.asking import CLIENT, PATTERNS, Trial, args_of, browser_of, outcome, path_of, text_of
from tests.canary import foreign_tokens
from tests.route_shapes import COLUMNS, Row
from tests.route_table import TABLE
from tests.routes import AGENCY, GLOBAL, routes_of
from tests.scenery import scenery

__all__ = ["scenery"]

MARKS = {
    "protocols_protocolread",
    "mailbox_mailread",
    "notifications_notification",
    "timeline_visit",
    "worklog_worklook",
}
"""Tables that opening a page may write: who has read what, and so needs to be told of it no more."""
SAME_AS_RITA = {"stranger", "saul", "bob", "carl", "zoe", "gina"}
"""Whom the admin's one guard turns away before it looks at the method, as Rita's row shows; they only POST there."""
ADMIN = ("admin:", "platform:")
OF_TENANTS = (
    "protocols:",
    "mailbox:",
    "tickets:",
    "desk:",
    "timeline:",
    "people:",
    "notifications:",
    *("profile:", "worklog:", "my_work:", "invoices:", "invoice_desk:"),
    *("settling:", "bank:", "reminders:"),
)
WORDLESS = {
    *(
        "account_login",
        "account_logout",
        "account_signup",
        "account_reset_password_from_key",
        "account_change_password",
    ),
    *("account_email", "otp_challenge", "otp_challenge_by", "otp_remove", "factor_reset_cancel"),
    *("people:stop_reset", "people:export_security", "platform_examine"),
}
"""Forms that are only looked at here, or whose button needs no words; each is tried in the tests of its app."""
AFTER_THE_END = {
    *("keep_period", "pin_client", "protocols:renew_feed", "timeline:weekly"),
    *("tickets:following", "tickets:save_view", "tickets:forget_view"),
    *("people:client_settings", "people:end_client", "people:archive_client", "people:restore_client"),
    *("people:edit_project", "people:archive_project", "people:restore_project", "people:share", "people:unshare"),
    *("mailbox:test_address", "worklog:waive"),
}
"""What is still written for a client that has ended: a reader's own choices, the agency's keeping of the client itself, and of
its own work."""
WITHOUT = {"invoices", "people"}
IN_THE_SHOP = {"protocols:settle"}
"""Rows of the table that ask for something of the shop."""
NO_DATA = Row.__dataclass_fields__["data"].default
MISSING = "99999999"
VARYING = re.compile(
    r"[0-9a-f]{32}|csrfmiddlewaretoken. value=.[^\"']+|X-Request-ID: \S+|Content-Length: \d+|Expires: .+"
)


@pytest.mark.parametrize("urlconf", [AGENCY, GLOBAL])
def test_table_and_routes_are_the_same(urlconf):
    names = [row.name for row in TABLE[urlconf]]

    assert sorted(names) == sorted(route.name for route in routes_of(urlconf))


@pytest.mark.parametrize("urlconf", [AGENCY, GLOBAL])
def test_what_only_shows_takes_no_post(urlconf):
    """A row says what is sent there, or is one of the forms that are sent without a word; all else answers 405."""
    taken = {row.name for row in TABLE[urlconf] if {200, 302} & set(row.post.values())}
    forms = {row.name for row in TABLE[urlconf] if row.writes or row.data is not NO_DATA}

    assert taken - forms <= WORDLESS


@pytest.mark.parametrize("viewer", COLUMNS)
@pytest.mark.parametrize("urlconf", [AGENCY, GLOBAL])
def test_v8_2_1_every_route_answers_this_viewer_as_the_table_says(scenery, urlconf, viewer):
    wrong = list(faults(scenery, TABLE[urlconf], urlconf, viewer))

    assert not wrong, "\n" + "\n".join(wrong)


def faults(w, rows: list[Row], urlconf: str, viewer: str):
    """What is wrong with the answers of these routes to one viewer."""
    with Trial() as trial:
        for row in rows:
            yield from _faults(trial, w, row, urlconf, viewer)


def _faults(trial: Trial, w, row: Row, urlconf: str, viewer: str):
    """What is wrong with the answers of one route to one viewer."""
    person = row.who if viewer == "insider" else viewer
    browser = browser_of(w, person)
    path = path_of(row, w.things["acme"], urlconf)
    for method, expected in (("get", row.get[viewer]), ("post", row.post[viewer])):
        if method == "get" and viewer in SAME_AS_RITA and row.name.startswith(ADMIN):
            continue
        data = row.data(w.things["acme"]) if method == "post" else {}
        answer, written = trial.ask(browser, method, path, data)
        where, found = f"{method.upper()} {row.name} {path} by {person}", outcome(answer)
        if found != expected:
            yield f"{where}: {found} instead of {expected} {answer.trouble}"
        yield from _wrong_writes(row, method, viewer, found, written, where)
        if person != "paula":
            yield from _wrong_words(row, answer, person, "north" if urlconf == AGENCY else "", path, where)


def _wrong_writes(row: Row, method: str, viewer: str, found, written: set[str], where: str):
    allowed = MARKS | row.read_writes if method == "get" else written
    if found == "in" or found >= 400:
        allowed = set()
    if written - allowed:
        yield f"{where}: answers {found}, but wrote {sorted(written - allowed)}"
    if method == "post" and viewer == "insider" and row.writes and not written:
        yield f"{where}: wrote nothing, so this row proves nothing"


def _wrong_words(row: Row, answer, person: str, address: str, path: str, where: str):
    for token in foreign_tokens(f"{text_of(answer)}\n{answer.log}", person, address=address, asked=path):
        if not any(f"-{table}-" in token for table in row.reveals):
            yield f"{where}: shows {token}"


# --- Whoever is not signed in, and forms of other sites ------------------------------------------------------------------


def test_an_expired_session_tells_htmx_where_to_sign_in(scenery):
    wrong = []
    for row in TABLE[AGENCY]:
        if row.get["stranger"] == "in" and not row.name.startswith(ADMIN):
            answer = Browser().get(path_of(row, scenery.things["acme"]), headers={"HX-Request": "true"})
            if (answer.status_code, answer.get("HX-Redirect")) != (401, "/north/accounts/session-expired/"):
                wrong.append(f"{row.name}: {answer.status_code}")

    assert not wrong


def test_v3_5_1_no_form_of_another_site_writes(scenery):
    wrong = []
    for row in (row for row in [*TABLE[AGENCY], *TABLE[GLOBAL][-40:]] if row.writes):
        urlconf = AGENCY if row in TABLE[AGENCY] else GLOBAL
        browser, things = browser_of(scenery, row.who), scenery.things["acme"]
        browser.handler = ClientHandler(enforce_csrf_checks=True)
        with Trial() as trial:
            answer, written = trial.ask(browser, "post", path_of(row, things, urlconf), row.data(things))
        if answer.status_code != 403 or written:
            wrong.append(f"{row.name}: {answer.status_code}, wrote {written}")

    assert not wrong


# --- Addresses that are put together wrongly ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/hanse/protocols/7/", "/acme/protocols/", "//north/acme/", "/protocols/100/", "/members/"]
)
def test_without_an_agency_there_is_no_view(scenery, path):
    for person in ("stranger", "anna", "olaf"):
        assert browser_of(scenery, person).get(path).status_code == 404


@pytest.mark.parametrize(
    ("person", "own", "foreign"),
    [
        ("anna", "acme", "bolt"),
        ("anna", "acme", "cosmo"),
        ("vera", "acme", "bolt"),
        ("nora", "acme", "cosmo"),
        ("olaf", "acme", "cosmo"),
        ("saul", "cosmo", "acme"),
    ],
)
def test_v8_4_1_foreign_ids_are_missing_like_ids_that_never_were(scenery, person, own, foreign):
    """Ids of others in the own address; and the answer does not even tell that they exist."""
    own, foreign = scenery.things[own], scenery.things[foreign]
    concerned = (*OF_TENANTS, "admin:") if person == "olaf" else OF_TENANTS
    rows = [row for row in TABLE[AGENCY] if row.name.startswith(concerned) and row.name != "settling:year"]
    rows = [row for row in rows if any(map(_is_id, args_of(row, foreign)))]
    with Trial() as trial:
        wrong = [fault for row in rows for fault in _differences(trial, scenery, row, person, own, foreign)]

    assert not wrong, "\n" + "\n".join(wrong)


def _is_id(arg) -> bool:
    return isinstance(arg, int) and arg > 1


def _differences(trial: Trial, w, row: Row, person: str, own, foreign):
    """How the answers about foreign ids differ from those about ids that do not exist."""
    browser = browser_of(w, person)
    path = path_of(row, foreign, agency=own.client.agency.slug, client=own.client)
    ids = {str(arg) for arg in args_of(row, foreign) if _is_id(arg)}
    nowhere = "/".join(MISSING if part in ids else part for part in path.split("/"))
    for method in ("get", "post"):
        asked = ((place, row.data(own) if method == "post" else {}) for place in (path, nowhere))
        (one, written), (other, _written) = (trial.ask(browser, method, *question) for question in asked)
        if one.status_code == 200 or written:
            yield f"{method} {path} by {person}: {one.status_code}, wrote {written}"
        if _bare(one, path) != _bare(other, nowhere):
            yield f"{method} {path} by {person} can be told from {nowhere}: {one.status_code}, {other.status_code}"


def _bare(answer, path: str) -> str:
    """The answer without what differs from one request to the next."""
    return VARYING.sub("", f"{answer.status_code}\n{text_of(answer)}".replace(path, ""))


def test_v8_4_1_a_client_in_the_address_of_another_agency_is_nowhere(scenery):
    browsers = {"saul": browser_of(scenery, "saul"), "nora": browser_of(scenery, "nora")}
    for row in TABLE[AGENCY]:
        if "<client:client>" in PATTERNS[AGENCY][row.name]:
            for person, own, other in (
                ("saul", "cosmo", "north"),
                ("nora", "acme", "south"),
                ("nora", "cosmo", "north"),
            ):
                path = path_of(row, scenery.things[own], agency=other)
                assert browsers[person].get(path).status_code == 404, (person, path)


# --- A contact to whom one project is open --------------------------------------------------------------------------------


def test_v8_4_1_things_of_another_project_are_missing_to_a_limited_contact(scenery):
    """Lena has the shop. What lay in no project of Acme lies in its blog now; every address of it answers as if it were not there."""
    things = scenery.things["acme"]
    _move_to(scenery.blog)
    browser, concerned = browser_of(scenery, "lena"), []
    with Trial() as trial:
        for row in TABLE[AGENCY]:
            if not (row.name.startswith(OF_TENANTS) and any(map(_is_id, row.args(things)))) or row.name in IN_THE_SHOP:
                continue
            path, got = path_of(row, things), set()
            for method, data in (("get", {}), ("post", row.data(things))):
                answer, written = trial.ask(browser, method, path, data)
                got.add(answer.status_code)
                concerned += [f"{method} {path}: wrote {written}"] if written else []
                concerned += [f"{method} {path}: {token}" for token in _words_for(answer, "lena", path)]
            if 404 not in got or got - {404, 405}:
                concerned.append(f"{row.name} {path}: {got}")

    assert not concerned, "\n" + "\n".join(concerned)


def _move_to(project) -> None:
    """What lies in no project of its client; invoices and invitations (`WITHOUT`) stay there."""
    with tenant(project.agency_id), transaction.atomic():
        for model in (model for model in all_models() if is_tenant(model) and model._meta.app_label not in WITHOUT):
            names = {field.name for field in model._meta.fields}
            if {"client", "project"} <= names:
                model._base_manager.filter(client=project.client_id, project=None).update(project=project)


def _words_for(answer, person: str, path: str) -> set[str]:
    return foreign_tokens(f"{text_of(answer)}\n{answer.log}", person, address="north", asked=path)


# --- A client that has ended ---------------------------------------------------------------------------------------------


def test_nobody_writes_for_a_client_that_has_ended(scenery):
    """Every route of a client that writes, by the one who may: read-only is read-only, also in apps to come."""
    client = scenery.things["acme"].client
    with tenant(client.agency_id), transaction.atomic():
        Client.objects.filter(pk=client.pk).update(read_only_at=timezone.now())
    patterns, wrote = PATTERNS[AGENCY], set()
    with Trial() as trial:
        for row in (row for row in TABLE[AGENCY] if row.writes and CLIENT in patterns[row.name]):
            things = scenery.things["acme"]
            answer, written = trial.ask(browser_of(scenery, row.who), "post", path_of(row, things), row.data(things))
            if written - MARKS or answer.status_code >= 500:
                wrote.add(row.name)

    assert wrote == AFTER_THE_END

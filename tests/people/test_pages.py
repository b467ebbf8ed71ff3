"""Every page of this app opens for those whom it is for, asks few questions, and stays shut for all others."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from lxml import html

from portal.core.context import tenant
from portal.tenancy import actions as places
from portal.tenancy import navigation
from tests.browse import browse_as, url
from tests.people.confirming import confirmed
from tests.routes import AGENCY, routes_of
from tests.world import person

OF_AGENCY = [
    ("members", (), "manage_people"),
    ("invite", ("specialist",), "manage_people"),
    ("invite", ("contact",), "manage_people"),
    ("invite", ("vendor",), "manage_people"),
    ("clients", (), ""),
    ("new_client", (), "manage_clients"),
    ("vendors", (), "manage_clients"),
    ("new_vendor", (), "manage_clients"),
    ("security", (), "security"),
    ("agency", (), "manage_agency"),
    ("look", (), "manage_agency"),
    ("texts", (), "manage_agency"),
    ("calendar", (), "manage_agency"),
]
OF_CLIENT = [
    ("client_settings", (), "manage_clients"),
    ("projects", (), ""),
    ("new_project", (), "manage_clients"),
    ("project", ("shop",), ""),
]


@pytest.mark.parametrize(("name", "args", "permission"), OF_AGENCY)
def test_page_of_the_agency(cast, name, args, permission):
    path = url(f"people:{name}", cast.north, *args)

    assert browse_as(cast.olaf).get(path).status_code == 200
    for stranger in ("anna", "vera", "saul"):
        assert browse_as(getattr(cast, stranger)).get(path).status_code == 404
    assert browse_as(cast.rita).get(path).status_code == (404 if permission else 200)
    assert browse_as(None).get(path).status_code == 302


@pytest.mark.parametrize(("name", "args", "permission"), OF_CLIENT)
def test_page_of_a_client(cast, name, args, permission):
    path = url(f"people:{name}", cast.acme, *args)

    assert browse_as(cast.olaf).get(path).status_code == 200
    for stranger in ("anna", "bob", "vera", "saul", "fred"):
        assert browse_as(getattr(cast, stranger)).get(path).status_code == 404
    assert browse_as(cast.rita).get(path).status_code == (404 if permission else 200)


def test_member_pages_open_for_the_owner(cast):
    browser = confirmed(cast.olaf)
    for member in (cast.olaf, cast.nora, cast.anna, cast.vera):
        assert browser.get(url("people:member", cast.north, member.pk)).status_code == 200
        assert browser.get(url("people:end_member", cast.north, member.pk)).status_code == 200
    assert browser.get(url("people:absence", cast.north, cast.nora.pk)).status_code == 200
    assert browser.get(url("people:vendor", cast.north, cast.supplier.pk)).status_code == 200


def test_ending_a_place_asks_for_the_password_first(cast):
    answer = browse_as(cast.olaf).get(url("people:end_member", cast.north, cast.nora.pk))

    assert answer.status_code == 302
    assert "/accounts/confirm/" in answer.url


@pytest.mark.parametrize("name", ["olaf", "rita", "anna", "vera"])
def test_everybody_has_settings_of_his_own(cast, name):
    assert browse_as(getattr(cast, name)).get(url("people:settings", cast.north)).status_code == 200


def test_members_list_does_not_ask_more_for_more_members(cast):
    path = url("people:members", cast.north) + "?kind=contact"
    _asks_the_same(cast.olaf, path, lambda: _contacts(cast, 1), lambda: _contacts(cast, 3))


def test_team_does_not_ask_more_for_more_colleagues(cast):
    path = url("people:team", cast.acme)
    _asks_the_same(cast.anna, path, lambda: _contacts(cast, 1), lambda: _contacts(cast, 3))


def test_clients_list_does_not_ask_more_for_more_clients(cast):
    path = url("people:clients", cast.north)
    _asks_the_same(cast.olaf, path, lambda: _clients(cast, 1), lambda: _clients(cast, 3))


def test_security_page_asks_few_questions(cast):
    assert _questions(cast.olaf, url("people:security", cast.north)) <= 12


def test_lists_are_paged_by_key_without_gap_or_twin(cast):
    with tenant(cast.north.pk), transaction.atomic():
        for number in range(120):
            places.create_client(cast.north, name=f"Same name {number // 7}")
    browser, after, seen = browse_as(cast.olaf), "", []
    while True:
        page = browser.get(url("people:clients", cast.north), {"after": after}).context["page"]
        seen += [client.pk for client in page.rows]
        after = page.after
        if not after:
            break

    assert len(seen) == len(set(seen)) == 122


@pytest.mark.parametrize("mark", ["x", "W10", "WyJhIiwgMV0", "eyJhIjoxfQ", "\0", "W251bGwsIG51bGxd", "é" * 300])
def test_a_mark_that_is_none_begins_at_the_top(cast, mark):
    for name in ("clients", "members", "security", "vendors"):
        assert browse_as(cast.olaf).get(url(f"people:{name}", cast.north), {"after": mark}).status_code == 200


def _contacts(cast, count: int) -> None:
    with tenant(cast.north.pk), transaction.atomic():
        for number in range(count):
            member = places.add_member(cast.north, person(f"Zoe{count}{number}"), kind="contact", role="contact")
            places.set_access(member, cast.acme, ["work"])


def _clients(cast, count: int) -> None:
    with tenant(cast.north.pk), transaction.atomic():
        for number in range(count):
            client = places.create_client(cast.north, name=f"Zed {count}{number}", manager=cast.olaf)
            places.create_project(client, name="One")


def _asks_the_same(member, path: str, few, more) -> None:
    few()
    before = _questions(member, path)
    more()
    assert _questions(member, path) == before <= 12


def _questions(member, path: str) -> int:
    """Queries of the page itself; the settings that open each transaction ask nothing."""
    browser = browse_as(member)
    browser.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    frame = ("SELECT set_config", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return len([query for query in captured if not query["sql"].startswith(frame)])


@pytest.mark.parametrize("name", ["people:settings", "account_security", "notifications:preferences"])
@pytest.mark.parametrize("who", ["olaf", "nora", "anna", "vera"])
def test_all_settings_share_their_tabs(cast, who, name):
    page = browse_as(getattr(cast, who)).get(url(name, cast.north)).content.decode()

    assert f'<a href="{url(name, cast.north)}" aria-current="page"' in page
    for other in ("people:settings", "account_security", "notifications:preferences"):
        assert f'<a href="{url(other, cast.north)}"' in page
    assert ("Sign-in rules" in page) == (who == "olaf")


@pytest.mark.parametrize(
    "name", ["people:agency", "my_work:rules", "my_work:rates", "desk:types", "invoice_desk:settings"]
)
def test_a_page_of_the_settings_lies_in_the_settings_alone(cast, name):
    page = html.fromstring(browse_as(cast.olaf).get(url(name, cast.north)).content)

    current = page.xpath("//aside//a[@aria-current='page']")
    assert [link.get("href") for link in current] == [url("people:settings", cast.north)]


def test_a_page_below_a_place_marks_the_place(cast):
    by_view = {(entry.view, entry.kinds): entry for entry in navigation.entries}
    members, clients = (by_view[name, ("specialist",)] for name in ("people:members", "people:clients"))
    path = url("people:end_member", cast.north, cast.nora.pk).removeprefix("/north")

    assert members.is_current(resolve(path))
    assert not clients.is_current(resolve(path))
    assert not members.is_current(None)


def test_every_page_named_in_the_menu_exists():
    names = {route.name for route in routes_of(AGENCY)}

    assert {page for entry in navigation.entries for page in entry.pages} <= names


@pytest.mark.parametrize(
    ("name", "args"),
    [("invite", ("vendor",)), ("new_client", ()), ("new_vendor", ()), ("end_member", None), ("absence", None)],
)
def test_forms_on_pages_of_their_own_say_where_they_lie(cast, name, args):
    args = (cast.nora.pk,) if args is None else args
    page = confirmed(cast.olaf).get(url(f"people:{name}", cast.north, *args)).content.decode()

    assert 'class="crumbs"' in page

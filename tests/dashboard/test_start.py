"""Where each kind of member begins the day, and what waits there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.people.actions.clients import archive_client, end_client
from portal.tenancy.actions import set_access
from portal.tenancy.models import Absence, Role
from tests.browse import browse_as, url
from tests.counting import queries_of
from tests.limited import lena_in
from tests.tickets.makers import open_for, status_of
from tickets import actions
from tickets.models import TicketStatus


def test_contact_of_one_client_comes_to_its_start_page(cast):
    assert browse_as(cast.anna).get(url("home", cast.north)).url == url("client_home", cast.acme)


def test_contact_of_two_clients_chooses(cast):
    with tenant(cast.north.pk):
        set_access(cast.anna, cast.bolt, ["work"])

    page = browse_as(cast.anna).get(url("home", cast.north)).content.decode()

    assert url("client_home", cast.acme) in page
    assert url("client_home", cast.bolt) in page


def test_contact_without_any_client_is_told_so(cast):
    with tenant(cast.north.pk):
        set_access(cast.anna, cast.acme, [])

    assert "Nothing is open to you" in browse_as(cast.anna).get(url("home", cast.north)).content.decode()


def test_staff_begin_with_their_day_and_vendors_with_their_projects(cast):
    assert browse_as(cast.nora).get(url("home", cast.north)).url == url("my_day", cast.north)

    page = browse_as(cast.vera).get(url("home", cast.north)).content.decode()
    assert "Shop" in page
    assert "Blog" not in page


def test_what_was_not_read_waits_on_the_start_page(cast, write):
    protocol = write(by=cast.carl)
    browser, path = browse_as(cast.anna), url("client_home", cast.acme)
    assert [row.title for row in browser.get(path).context["waiting"]] == ["Jour fixe"]

    browser.get(url("protocols:detail", cast.acme, protocol.number))

    page = browser.get(path)
    assert page.context["waiting"] == []
    assert [row.title for row in page.context["protocols"]] == ["Jour fixe"]


def test_contact_with_tickets_alone_sees_what_waits_who_works_on_it_and_until_when(cast):
    with tenant(cast.north.pk):
        ticket = open_for(cast.acme, cast.carl, title="Which carrier?")
        actions.assign(ticket, by=cast.nora, to=cast.nora)
        actions.change(ticket, by=cast.nora, due_at=datetime(2030, 3, 29, 15, 0, tzinfo=UTC))
        actions.move(ticket, by=cast.nora, status=status_of(ticket, "waiting"))
        TicketStatus.objects.filter(code="waiting").update(name="Client sleeps", client_word="Accepted")
        type(cast.carl.user).objects.filter(pk=cast.carl.user_id).update(language="de")

    page = browse_as(cast.carl).get(url("client_home", cast.acme))

    assert [row.title for row in page.context["waiting"]] == ["Which carrier?"]
    (row,) = page.context["tickets"]
    assert row.pill == "Angenommen"
    assert row.line[:2] == ["ACM-1", "Nora Example"] and "29" in row.line[2]
    assert "Client sleeps" not in page.content.decode()


def test_cards_follow_the_areas(cast, protocol):
    page = browse_as(cast.carl).get(url("client_home", cast.acme))

    assert page.status_code == 200
    assert "Jour fixe" not in page.content.decode()
    assert page.context["mails"] is None


@pytest.mark.parametrize(
    ("areas", "said"), [([], "Nothing is open to you here yet"), (["money"], "No invoice is open.")]
)
def test_an_accountant_is_not_told_that_nothing_is_open_to_her(cast, areas, said):
    with tenant(cast.north.pk):
        set_access(cast.carl, cast.acme, areas or ["security"])
    page = _page_of(cast.carl, cast.acme)

    words = {"Nothing is open to you here yet", "No invoice is open."}
    assert {one for one in words if one in page} == {said}


def test_a_meeting_is_proposed_from_the_start_page_by_those_who_may(cast):
    """Whoever sees single projects only, or reads only, is invited."""
    path = url("protocols:plan_meeting", cast.acme)
    shown = [who for who in (cast.anna, lena_in(cast, cast.shop), cast.nora) if path in _page_of(who, cast.acme)]
    assert shown == [cast.anna], "the agency's people plan from the list of meetings"

    with tenant(cast.north.pk):
        Role.objects.filter(pk=cast.anna.role_id).update(permissions=[])
    assert path not in _page_of(cast.anna, cast.acme)


def _page_of(member, client) -> str:
    return browse_as(member).get(url("client_home", client)).content.decode()


def test_account_manager_is_named_to_contacts(cast):
    assert "olaf@olaf.example" in browse_as(cast.anna).get(url("client_home", cast.acme)).content.decode()


@pytest.mark.parametrize("who", ["bob", "saul", "sofia", "fred"])
def test_others_do_not_find_the_client(cast, who):
    assert browse_as(getattr(cast, who)).get(url("client_home", cast.acme)).status_code == 404


def test_staff_find_drafts_and_what_is_new_over_all_clients(cast, write):
    write("Draft for Bolt", client=cast.bolt, publish=False)
    write("From Anna", by=cast.anna)

    page = browse_as(cast.nora).get(url("my_day", cast.north))

    assert [(row.title, row.icon) for row in page.context["waiting"]] == [
        ("From Anna", "protocol"),
        ("Draft for Bolt", "edit"),
    ]
    assert [row.title for row in page.context["latest"]] == ["Protocol: From Anna"]


@pytest.mark.parametrize("who", ["anna", "vera"])
def test_my_day_is_for_staff(cast, who):
    assert browse_as(getattr(cast, who)).get(url("my_day", cast.north)).status_code == 404


def test_staff_see_the_client_at_a_glance(cast, protocol):
    page = browse_as(cast.nora).get(url("client_home", cast.acme)).content.decode()

    assert "Anna Example" in page
    assert "Client sees it on" in page
    assert url("protocols:create", cast.acme) in page


@pytest.mark.parametrize("who", ["anna", "carl", "nora", "vera"])
def test_start_page_of_three_asks_as_much_as_one(cast, write, days_pass, who):
    write(project=cast.shop)
    days_pass(11)
    browser, path = browse_as(getattr(cast, who)), url("client_home", cast.acme)
    one = queries_of(browser, path)
    write(project=cast.shop)
    write(project=cast.shop)
    days_pass(11)

    three = queries_of(browser, path)

    assert len(one) == len(three) <= 12, "\n".join(three)


def test_my_day_of_three_asks_as_much_as_one(cast, write):
    write()
    browser, path = browse_as(cast.nora), url("my_day", cast.north)
    one = queries_of(browser, path)
    write(client=cast.bolt)
    write(publish=False)

    three = queries_of(browser, path)

    assert len(one) == len(three) <= 12, "\n".join(three)


def test_wrong_methods_are_refused(cast):
    assert browse_as(cast.anna).post(url("home", cast.north)).status_code == 405
    assert browse_as(cast.anna).post(url("client_home", cast.acme)).status_code == 405
    assert browse_as(cast.nora).post(url("my_day", cast.north)).status_code == 405


def test_vendor_no_longer_finds_an_archived_client(cast):
    with tenant(cast.north.pk):
        archive_client(cast.acme, by=cast.olaf)

    assert "Shop" not in browse_as(cast.vera).get(url("home", cast.north)).content.decode()


def test_while_the_manager_is_away_the_stand_in_is_named(cast):
    browser, path = browse_as(cast.anna), url("client_home", cast.acme)
    before = len(queries_of(browser, path))
    now = timezone.now()
    with tenant(cast.north.pk):
        dates = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=3)}
        Absence.objects.create(agency=cast.north, member=cast.olaf, stand_in=cast.nora, **dates)

    page = browser.get(path).content.decode()

    assert page.count("Nora Example stands in until") == 2  # the card and the foot of the menu
    assert "mailto:nora@nora.example" in page
    assert len(queries_of(browser, path)) == before


@pytest.mark.parametrize(
    ("who", "words"),
    [("anna", "The work with North ended on"), ("nora", "The work with Acme ended on"), ("vera", "you can read")],
)
def test_every_page_of_an_ended_client_says_so(cast, who, words):
    with tenant(cast.north.pk):
        end_client(cast.acme, by=cast.olaf, access_until=timezone.localdate() + timedelta(days=30))
    browser = browse_as(getattr(cast, who))

    assert words in browser.get(url("client_home", cast.acme)).content.decode()
    assert words in browser.get(url("protocols:index", cast.acme)).content.decode()


def test_refusals_at_an_ended_client_name_the_reason(cast):
    path = url("protocols:create", cast.acme)
    assert "Your role does not allow it" in browse_as(cast.rita).get(path).content.decode()
    with tenant(cast.north.pk):
        end_client(cast.acme, by=cast.olaf, access_until=timezone.localdate() + timedelta(days=30))

    page = browse_as(cast.nora).get(path)

    assert page.status_code == 403
    assert "The work with Acme has ended" in page.content.decode()


def test_the_data_are_in_the_menu_of_those_who_manage_the_agency(cast):
    path, data = url("my_day", cast.north), url("admin:index", cast.north)

    assert f'href="{data}"' in browse_as(cast.olaf).get(path).content.decode()
    assert f'href="{data}"' not in browse_as(cast.nora).get(path).content.decode()

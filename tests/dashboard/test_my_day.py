"""My day of a specialist: meetings, protocols to write, pinned clients, unread mails; and what anybody chooses to keep."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.dashboard import cards, past
from portal.people.actions import keeping
from portal.people.actions.clients import archive_client
from portal.people.models import PinnedClient, StartChoice
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from tests.counting import queries_of
from tests.tickets.makers import open_for
from tickets import actions


def day(member, name: str):
    """What a card of "My day" was given."""
    return browse_as(member).get(url("my_day", member.agency)).context[name]


def _page(member) -> str:
    return browse_as(member).get(url("my_day", member.agency)).content.decode()


@pytest.fixture
def today(plan):
    """A meeting of Nora's, under way on her day whatever the clock says."""
    return plan("Jour fixe", starts_at=timezone.now() - timedelta(minutes=1), minutes=60)


def test_meetings_of_today_with_the_way_to_their_minutes(cast, today, plan):
    plan("Tomorrow", starts_in=timedelta(days=1, hours=1))
    plan("Of others", by=cast.olaf, starts_at=timezone.now() - timedelta(minutes=1))

    (row,) = day(cast.nora, "meetings")
    assert (row.title, row.line, row.is_over) == ("Jour fixe", ["Acme", "Video call"], False)
    answer = browse_as(cast.nora).post(row.begin)

    assert answer.url == url("protocols:minutes", cast.acme, 1)
    (row,) = day(cast.nora, "meetings")
    assert (row.begin, row.minutes) == ("", url("protocols:detail", cast.acme, 1))


def test_who_only_reads_has_no_buttons(cast, plan):
    plan("Jour fixe", guests=[cast.rita], starts_at=timezone.now() - timedelta(minutes=1))

    page = _page(cast.rita)

    assert "Jour fixe" in page
    assert "Take minutes" not in page


def test_a_held_meeting_is_to_be_written_by_who_led_it(cast, held, write):
    meeting = held("Call about the carrier")
    (row,) = day(cast.nora, "unwritten")
    assert (row.title, row.line[0], row.is_begun) == ("Call about the carrier", "Acme", False)
    assert row.write == url("protocols:create", cast.acme) + f"?meeting={meeting.pk}"
    assert day(cast.olaf, "unwritten") == []

    draft = write(meeting=meeting, publish=False)
    (row,) = day(cast.nora, "unwritten")
    assert (row.write, row.is_begun) == (url("protocols:edit", cast.acme, draft.number), True)


def test_unread_mails_by_client(cast, receive):
    receive(cast.acme), receive(cast.acme), receive(cast.bolt)

    rows = [(row.title, row.pill) for row in day(cast.nora, "mails")]

    assert sorted(rows) == [("Acme", "2 unread"), ("Bolt", "1 unread")]


def test_empty_cards_say_what_will_be_there(cast):
    page = _page(cast.nora)

    for words in (
        "Nothing waits for you. Protocols to read and accept",
        "Nothing to write. A meeting that you led will be here",
        "No meeting today. Those that you lead",
        "Pin the clients you work for most",
        "New ones will be here, client by client",
    ):
        assert words in page


def test_a_client_is_pinned_in_the_list_and_taken_off_on_my_day(cast):
    browser = browse_as(cast.nora)
    path = url("pin_client", cast.acme)

    answer = browser.post(path, {"pinned": "1", "from": "clients"}, follow=True)
    assert answer.request["PATH_INFO"] == url("people:clients", cast.north)
    assert "Acme is pinned to My day." in answer.content.decode()
    browser.post(path, {"pinned": "1", "from": "client"})
    assert [pin.name for pin in day(cast.nora, "pins")] == ["Acme"]
    assert browser.get(url("client_home", cast.acme)).context["is_pinned"]
    assert not browser.get(url("client_home", cast.bolt)).context["is_pinned"]

    assert browser.post(path, {"pinned": "0", "from": "day"}).url == url("my_day", cast.north)
    assert day(cast.nora, "pins") == []


def test_pins_are_of_the_one_who_pinned(cast):
    _pin(cast.nora, cast.acme)

    assert day(cast.olaf, "pins") == []
    assert not browse_as(cast.olaf).get(url("client_home", cast.acme)).context["is_pinned"]


def test_archived_clients_leave_the_pins(cast):
    _pin(cast.nora, cast.acme)
    with tenant(cast.north.pk):
        archive_client(cast.acme, by=cast.olaf)

    assert day(cast.nora, "pins") == []


@pytest.mark.parametrize(
    ("who", "status"), [("anna", 404), ("bob", 404), ("vera", 404), ("saul", 404), ("fred", 404), ("rita", 302)]
)
def test_pinning_is_for_staff_who_see_the_client(cast, who, status):
    assert browse_as(getattr(cast, who)).post(url("pin_client", cast.acme), {"pinned": "1"}).status_code == status


def test_pinned_clients_come_first_among_what_waits(cast, write):
    write("At Bolt", by=cast.bob, client=cast.bolt)
    for number in range(9):
        write(f"At Acme {number}", by=cast.anna)
    assert "At Bolt" not in [row.title for row in day(cast.nora, "waiting")]

    _pin(cast.nora, cast.bolt)

    assert "At Bolt" in [row.title for row in day(cast.nora, "waiting")]


def _pin(member, client) -> None:
    with tenant(client.agency_id), transaction.atomic():
        keeping.pin(client, by=member)


def test_the_wall_shows_everybody_only_the_own_rows(cast):
    _pin(cast.nora, cast.acme)
    browse_as(cast.anna).post(url("keep_period", cast.acme), {"days": "90"})

    for member, pins, choices in ((cast.nora, 1, 0), (cast.olaf, 0, 0), (cast.anna, 0, 1)):
        with acting_as(member), transaction.atomic():
            assert (PinnedClient.objects.count(), StartChoice.objects.count()) == (pins, choices)


def test_the_period_is_kept(cast, protocol, days_pass):
    days_pass(45)
    path = url("client_home", cast.acme)
    assert browse_as(cast.anna).get(path).context["days"] == []

    answer = browse_as(cast.anna).post(url("keep_period", cast.acme), {"days": "60"})

    assert answer.url == path + "#timeline"
    page = browse_as(cast.anna).get(path)  # another browser
    assert len(page.context["days"]) == 1
    assert page.context["periods"] == [(30, False), (60, True), (90, False)]
    browse_as(cast.anna).post(url("keep_period", cast.acme), {"days": "30"})
    assert browse_as(cast.anna).get(path).context["days"] == []


def test_the_timeline_says_when_it_shows_only_the_newest(cast, write, days_pass, monkeypatch):
    monkeypatch.setattr(cards, "ENTRIES", 2)
    said, path = "Only the newest entries of these days are here", url("client_home", cast.acme)
    write("First"), write("Second")
    days_pass(20)
    assert said not in browse_as(cast.anna).get(path).content.decode()

    write("Third", by=cast.anna), days_pass(20)
    browse_as(cast.anna).post(url("keep_period", cast.acme), {"days": "90"})
    page = browse_as(cast.anna).get(path)

    assert said in page.content.decode()
    assert sum(len(day.agency) + len(day.client) for day in page.context["days"]) == 2


def test_what_lies_further_back_waits_below_a_fold(cast, write, days_pass, monkeypatch):
    monkeypatch.setattr(past, "AT_ONCE", 2)
    path = url("client_home", cast.acme)
    write("First"), days_pass(15)
    assert "earlier entr" not in browse_as(cast.anna).get(path).content.decode()

    write("Second"), write("Third"), days_pass(15)
    browse_as(cast.anna).post(url("keep_period", cast.acme), {"days": "90"})
    page = browse_as(cast.anna).get(path)

    at_once, _fold, below = page.content.decode().partition("1 earlier entry")
    assert "Second" in at_once and "Third" in at_once and "First" in below
    assert page.context["earlier_number"] == 1


@pytest.mark.parametrize("days", ["", "31", "9999999999999", "٣٠"])
def test_other_periods_there_are_none(cast, days):
    assert browse_as(cast.anna).post(url("keep_period", cast.acme), {"days": days}).status_code == 404


def test_the_period_is_chosen_on_a_shared_project_too(cast):
    words = {"days": "90", "project": "shop"}

    answer = browse_as(cast.vera).post(url("keep_period", cast.acme), words)

    assert answer.url == url("shared_project", cast.acme, "shop") + "#timeline"
    page = browse_as(cast.vera).get(url("shared_project", cast.acme, "shop"))
    assert page.context["periods"] == [(30, False), (60, False), (90, True)]


def test_the_next_meeting_of_a_client(cast, plan):
    path = url("client_home", cast.acme)
    assert browse_as(cast.anna).get(path).context["next"] is None
    assert "As soon as a meeting is planned" in browse_as(cast.anna).get(path).content.decode()
    plan("Later", starts_in=timedelta(days=9))
    plan("Sooner", starts_in=timedelta(days=3))

    card = browse_as(cast.anna).get(path).context["next"]

    assert (card.title, card.nearness, card.line) == ("Sooner", "in 3 days", "Video call")


def test_tickets_of_the_desk_stand_by_deadline_with_their_state(cast):
    with tenant(cast.north.pk):
        for number, client in enumerate((cast.acme, cast.bolt)):
            ticket = open_for(client, cast.nora, title=f"Ticket {number}")
            ticket = actions.assign(ticket, by=cast.olaf, to=cast.nora)
            due = timezone.now() + timedelta(days=3 - 4 * number)
            actions.change(ticket, by=cast.nora, due_at=due)

    page = browse_as(cast.nora).get(url("my_day", cast.north))

    late, ahead = page.context["tickets"]
    assert (late.title, late.line, late.tone) == ("Ticket 1", ["Bolt", "BOL-1", "Received"], "bad")
    assert ahead.title == "Ticket 0" and page.context["waiting"] == []
    assert "1 ticket due today" in page.context["lede"]
    assert f"{url('desk:index', cast.north)}?tab=waiting" in page.content.decode()


def test_of_many_tickets_that_are_due_all_are_counted(cast):
    with tenant(cast.north.pk):
        for number in range(10):
            ticket = actions.assign(
                open_for(cast.acme, cast.nora, title=f"Ticket {number}"), by=cast.olaf, to=cast.nora
            )
            actions.change(ticket, by=cast.nora, due_at=timezone.now() - timedelta(hours=1))

    page = browse_as(cast.nora).get(url("my_day", cast.north))

    assert len(page.context["tickets"]) == 8
    assert "10 tickets due today" in page.context["lede"]


def test_three_of_everything_ask_as_much_as_one(cast, today, plan, held, receive):
    browser, path = browse_as(cast.nora), url("my_day", cast.north)
    held(), receive(cast.acme), _pin(cast.nora, cast.acme)
    one = queries_of(browser, path)
    for client in (cast.acme, cast.bolt):
        plan("Call", client=client, guests=[], starts_at=timezone.now() - timedelta(minutes=1))
        held(client=client, guests=[]), receive(client), _pin(cast.nora, client)

    three = queries_of(browser, path)

    assert len(one) == len(three) <= 12, "\n".join(three)

"""Lists and figures whose queries are compiled once show what an ordinary query would, to each reader."""

import pytest

from mailbox.reading import LISTED as MAILS
from portal.core.context import tenant
from portal.core.paging import page_of
from portal.tenancy import badges, navigation
from portal.tenancy.scope import acting_as
from protocols import reading
from protocols.actions import comment
from protocols.models import Protocol
from protocols.reading import LISTED as PROTOCOLS
from protocols.reading import with_marks
from tests.protocols.conftest import _own_storage, write
from tests.timeline.conftest import days_pass
from timeline.feed import clock_of, feed, listing_for

__all__ = ["_own_storage", "days_pass", "write"]
READERS = ("olaf", "nora", "rita", "fred", "anna", "carl", "bob", "vera", "pavel")


@pytest.fixture
def many(cast, write):
    """Protocols of both clients, some shared, some drafts."""
    for number in range(3):
        write(f"Open {number}")
        write(f"Shared {number}", project=cast.shop)
        write(f"Bolt's {number}", client=cast.bolt)
    write("Draft", publish=False)


@pytest.mark.parametrize("name", READERS)
def test_prepared_pages_equal_ordinary_ones(cast, many, days_pass, name):
    member = getattr(cast, name)
    days_pass(30)
    with acting_as(member):
        ordinary = page_of(with_marks(member, cast.acme), "", by="held_at", size=25)
        prepared = PROTOCOLS.page(member, cast.acme, "")
        assert [_facts(row) for row in prepared.rows] == [_facts(row) for row in ordinary.rows]

        events = page_of(feed(member, cast.acme), "", by=clock_of(member), size=30)
        assert listing_for(member).page(member, cast.acme, "").rows == events.rows
        assert MAILS.page(member, cast.acme, "").rows == []


@pytest.mark.parametrize("name", READERS)
def test_questions_of_one_protocol_equal_ordinary_queries(cast, write, name):
    """The page of a protocol, for everybody, whether it is shared with the vendors, open to the client or a draft."""
    member = getattr(cast, name)
    with tenant(cast.north.pk):
        protocols = [write("Shared", project=cast.shop), write("Open"), write("Draft", publish=False)]
        for protocol in protocols[:2]:
            comment(protocol, by=cast.nora, text="Well?")
    with acting_as(member):
        for protocol in protocols:
            ordinary = reading.in_full(member, cast.acme).filter(number=protocol.number)
            asked = reading.ONE.ask(member, cast.acme, number=protocol.number)
            assert [_facts(row) + (row.people, row.readers, row.note) for row in asked] == [
                _facts(row) + (row.people, row.readers, row.note) for row in ordinary
            ]
            assert reading.SAID.ask(member, protocol=protocol.pk) == list(reading.said_about(member, protocol))
            assert reading.FILES.ask(member, protocol=protocol.pk) == list(reading.files_of(member, protocol))
        assert reading.WRITERS.ask(member, cast.acme) == list(reading.writers_among(member, cast.acme))


def test_there_was_something_to_see_and_not_to_see(cast, many):
    """The test above would pass with empty lists; these are not."""
    sights = {}
    for name in READERS:
        member = getattr(cast, name)
        with acting_as(member):
            sights[name] = len(PROTOCOLS.page(member, cast.acme, "").rows)
    # Contacts see no drafts, vendors what is shared; Bob is of another client, Carl lacks the area, Fred has no client.
    assert sights == {"olaf": 7, "nora": 7, "rita": 7, "fred": 0, "anna": 6, "carl": 0, "bob": 0, "vera": 3, "pavel": 3}


def test_further_pages_go_on_behind_the_last_row(cast, write):
    for number in range(30):
        write(f"Protocol {number}")
    with acting_as(cast.anna):
        first = PROTOCOLS.page(cast.anna, cast.acme, "")
        second = PROTOCOLS.page(cast.anna, cast.acme, first.after)
    assert (len(first.rows), len(second.rows), second.after) == (25, 5, "")
    assert len({row.pk for row in [*first.rows, *second.rows]}) == 30


def test_the_clock_goes_on_in_a_prepared_query(cast, write, days_pass):
    """The embargo's moment is filled in at each call: what becomes due later is shown later."""
    write("Due later")
    with acting_as(cast.anna):
        assert listing_for(cast.anna).page(cast.anna, cast.acme, "").rows == []
    days_pass(11)
    with acting_as(cast.anna):
        assert len(listing_for(cast.anna).page(cast.anna, cast.acme, "").rows) == 1


@pytest.mark.parametrize("name", READERS)
def test_figures_in_the_menu_equal_a_count(cast, many, name):
    member = getattr(cast, name)
    entries = [entry for entry in navigation.entries if entry.view == "protocols:index"]
    with acting_as(member):
        wanted = Protocol.objects.visible_to(member).unread_by(member).of(cast.acme).count()
        assert badges.numbers_for(member, cast.acme, entries)["protocols:index"] == wanted


def test_figures_of_two_members_of_one_shape_differ(cast, many):
    entries = [entry for entry in navigation.entries if entry.view == "protocols:index"]
    figures = {}
    for member, client in ((cast.anna, cast.acme), (cast.bob, cast.bolt)):
        with acting_as(member):
            figures[member] = badges.numbers_for(member, client, entries)["protocols:index"]
    assert figures == {cast.anna: 6, cast.bob: 3}


def test_a_menu_counts_no_further_than_it_shows(cast, write, monkeypatch):
    monkeypatch.setattr(badges, "MOST", 3)
    monkeypatch.setattr(badges, "_prepared", {})
    entries = [entry for entry in navigation.entries if entry.view == "protocols:index"]
    for number in range(6):
        write(f"Protocol {number}")
    with acting_as(cast.anna):
        number = badges.numbers_for(cast.anna, cast.acme, entries)["protocols:index"]
    assert (number, badges.figure_of(number), badges.figure_of(3), badges.figure_of(None)) == (4, "3+", "3", "")


def _facts(row: Protocol) -> tuple:
    return row.pk, row.is_unread, row.remarks, str(row.author), row.project

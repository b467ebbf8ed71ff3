"""Since the last visit: what is new, and what says something else than it did."""

from portal.core.context import tenant
from portal.events import kinds
from portal.events.models import Revision
from protocols import actions as protocols
from tests.browse import browse_as, url
from tests.counting import queries_of
from tests.tickets.conftest import open_ticket
from tickets import actions as tickets
from timeline.events import POSTED
from timeline.models import Visit

__all__ = ["open_ticket"]


def test_first_visit_has_no_news_and_the_second_counts_them(cast, write, days_pass):
    write("Old")
    days_pass(11)
    browser = browse_as(cast.anna)
    page = _page(browser, cast)
    assert "last visit" not in page
    assert "New</span>" not in page
    write("Fresh")
    days_pass(10)

    page = _page(browser, cast)

    assert "1 new." in page
    assert page.count("New</span>") == 1


def test_news_stay_news_during_the_visit(cast, write, days_pass):
    browser = browse_as(cast.anna)
    _page(browser, cast)
    write()
    days_pass(10)

    assert "1 new." in _page(browser, cast)
    assert "1 new." in _page(browser, cast)
    days_pass(1)
    assert "nothing new." in _page(browser, cast)


def test_own_acts_are_no_news_to_oneself(cast, write, days_pass):
    browser = browse_as(cast.anna)
    _page(browser, cast)
    write("By Anna", by=cast.anna)
    days_pass(10)

    assert "nothing new." in _page(browser, cast)


def test_protocol_that_was_renamed_shows_old_and_new_to_whoever_knew_it(cast, write, days_pass):
    row = write("Jour fixe in Oslo")
    days_pass(10)
    anna, olaf = browse_as(cast.anna), browse_as(cast.olaf)
    _page(anna, cast)
    days_pass(1)
    _rename(cast, row, "Jour fixe in Rome")
    days_pass(0)

    page = _page(anna, cast)

    assert "1 changed." in page
    assert "Jour fixe in <del>Oslo</del><ins>Rome</ins>" in page
    assert "<del>" not in _page(olaf, cast)


def test_ticket_that_was_renamed_shows_old_and_new(cast, open_ticket, days_pass):
    ticket = open_ticket(by=cast.nora, title="Prices in Oslo")
    days_pass(10)
    anna = browse_as(cast.anna)
    _page(anna, cast)
    days_pass(1)
    with tenant(cast.north.pk):
        tickets.change(ticket, by=cast.nora, priority=2)
        tickets.change(ticket, by=cast.nora, title="Prices in Rome")
    days_pass(0)

    page = _page(anna, cast)

    assert "1 changed." in page
    assert "Prices in <del>Oslo</del><ins>Rome</ins>" in page


AS_IT_WAS = {
    "protocol.changed": "what the protocol was called by then; the row of its publication is the one that changes",
    "protocol.commented": "said at that moment; the words stand on the protocol's page, with their own mark when edited",
    "protocol.corrected": "as protocol.commented",
    "protocol.settled": "an answer, given once",
    "protocol.accepted": "an agreement on what stood there by then",
    "protocol.extended": "documents that came at that moment",
    "action.done": "done at that moment",
    "mail.received": "a mail never changes",
    "mail.sent": "a mail never changes",
    "ticket.closed": "what was done by then; the row of its opening is the one that changes",
    "profile.changed": "itself the record of a change, with old and new in the profile's history",
    "profile.noted": "as profile.changed",
    "profile.confirmed": "what was confirmed by then",
    "profile.proposed": "a proposal is taken in or declined, never rewritten",
    "profile.taken_in": "decided once",
    "profile.declined": "decided once",
}
"""Rows of the timeline whose words stay those of the moment, and why."""


def test_every_row_of_the_timeline_is_amended_or_stays_as_it_was():
    amended = {kind.amends for kind in kinds.told_kinds() if kind.amends} | {POSTED}

    assert amended | AS_IT_WAS.keys() == set(kinds.on_timeline())
    assert not amended & AS_IT_WAS.keys()


def test_renamed_twice_shows_what_was_read_and_not_what_nobody_saw(cast, write, days_pass):
    row = write("Jour fixe in Oslo")
    days_pass(10)
    browser = browse_as(cast.anna)
    _page(browser, cast)
    days_pass(1)
    _rename(cast, row, "Jour fixe in Rome")
    _rename(cast, row, "Jour fixe in Bern")
    days_pass(0)

    page = _page(browser, cast)

    assert "<del>Oslo</del><ins>Bern</ins>" in page
    assert "Rome" not in page


def test_change_before_the_day_is_internal(cast, write, days_pass):
    _rename(cast, write("Jour fixe in Oslo"), "Jour fixe in Rome")
    with tenant(cast.north.pk):
        assert Revision.objects.get().is_internal
    days_pass(10)

    page = _page(browse_as(cast.anna), cast)

    assert "Rome" in page
    assert "Oslo" not in page


def test_changed_entries_cost_one_more_question_however_many(cast, write, days_pass):
    rows = [write(f"Number {number}") for number in range(3)]
    days_pass(10)
    browser = browse_as(cast.anna)
    _page(browser, cast)
    days_pass(1)
    path = url("timeline:index", cast.acme)
    _rename(cast, rows[0], "One")
    days_pass(0)
    one = queries_of(browser, path)
    _rename(cast, rows[1], "Two"), _rename(cast, rows[2], "Three")
    days_pass(0)

    three = queries_of(browser, path)

    assert len(one) == len(three) <= 12, "\n".join(three)


def test_each_member_has_one_visit_per_client(cast):
    for _time in range(2):
        _page(browse_as(cast.anna), cast)
    _page(browse_as(cast.nora), cast)

    with tenant(cast.north.pk):
        assert Visit.objects.count() == 2


def _rename(cast, row, title):
    with tenant(cast.north.pk):
        row.refresh_from_db()
        words = {"kind": row.kind, "held_at": row.held_at, "key_points": row.key_points, "title": title}
        protocols.edit(row, by=cast.nora, seen_at=row.edited_at, **words)


def _page(browser, cast) -> str:
    return browser.get(url("timeline:index", cast.acme)).content.decode()

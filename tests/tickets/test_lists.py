"""Board, calendar, files, saved views, changes of several tickets at once."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from portal.core.context import tenant
from portal.mail.addresses import current_address
from tests.browse import browse_as, reload, url
from tests.tickets.makers import status_of
from tickets import actions
from tickets.mail_in import address_of
from tickets.models import SavedView


def test_board_shows_open_tickets_by_state(cast, ticket, open_ticket):
    with tenant(cast.north.pk):
        actions.move(ticket, by=cast.nora, status=status_of(ticket, "waiting"))
        actions.close(open_ticket(title="Gone"), by=cast.nora)

    page = browse_as(cast.anna).get(url("tickets:board", cast.acme))
    cards = {column.word: [card.key for card in column.cards] for column in page.context["columns"]}

    assert cards == {"Received": [], "Accepted": [], "In progress": [], "Waiting for you": ["ACM-1"]}
    assert browse_as(cast.nora).get(url("desk:board", cast.north)).status_code == 200
    assert browse_as(cast.anna).get(url("desk:board", cast.north)).status_code == 404


def test_calendar_shows_deadlines(cast, ticket):
    due = timezone.now().replace(day=15, hour=12)
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, due_at=due)

    page = browse_as(cast.nora).get(url("desk:calendar", cast.north)).content.decode()

    assert "Wrong shipping cost" in page
    later = (due + timedelta(days=70)).strftime("%Y-%m")
    assert (
        "Wrong shipping cost"
        not in browse_as(cast.nora).get(f"{url('desk:calendar', cast.north)}?month={later}").content.decode()
    )


@pytest.mark.parametrize("month", ["", "x", "2026-13", "0001-01", "\0"])
def test_month_that_is_none_is_this_one(cast, month):
    assert browse_as(cast.nora).get(url("desk:calendar", cast.north), {"month": month}).status_code == 200


def test_files_hold_what_the_reader_sees_and_no_formulas(cast, ticket, open_ticket):
    open_ticket(title="=1+1")
    open_ticket(client=cast.bolt, by=cast.nora, title="Secret of Bolt")

    text = browse_as(cast.anna).get(url("tickets:export", cast.acme, "csv")).content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(browse_as(cast.nora).get(url("desk:export", cast.north, "xlsx")).content))

    assert "'=1+1" in text and "ACM-1" in text and "Bolt" not in text
    assert [row[1] for row in book.active.iter_rows(values_only=True)][1:] == [
        "Wrong shipping cost",
        "'=1+1",
        "Secret of Bolt",
    ]
    assert browse_as(cast.anna).get(url("tickets:export", cast.acme, "exe")).status_code == 404


def test_view_is_saved_under_a_name_for_oneself(cast):
    nora, desk = browse_as(cast.nora), url("desk:index", cast.north)
    nora.post(url("desk:save_view", cast.north), {"name": " My  bugs ", "query": "who=me&kind=bug"})
    nora.post(url("desk:save_view", cast.north), {"name": "My bugs", "query": "kind=bug"})
    assert nora.post(url("desk:save_view", cast.north), {"name": "", "query": "x=1"}).url == desk

    assert "My bugs" in nora.get(desk).content.decode()
    assert "My bugs" not in browse_as(cast.olaf).get(desk).content.decode()
    with tenant(cast.north.pk):
        view = SavedView.objects.get()
    assert view.query == "kind=bug"
    assert browse_as(cast.olaf).post(url("desk:forget_view", cast.north, view.pk)).status_code == 404
    assert nora.post(url("desk:forget_view", cast.north, view.pk)).status_code == 302


def test_several_are_changed_at_once_each_by_its_own_rules(cast, ticket, open_ticket):
    other, elsewhere = open_ticket(), open_ticket(client=cast.bolt, by=cast.nora)
    chosen = [ticket.pk, other.pk, elsewhere.pk, "x", 10**15]

    browse_as(cast.anna).post(url("tickets:change", cast.acme), {"do": "take", "chosen": chosen})
    assert reload(ticket).assignee_id is None
    browse_as(cast.nora).post(url("desk:change", cast.north), {"do": "take", "chosen": chosen})
    browse_as(cast.nora).post(url("desk:change", cast.north), {"do": "1", "chosen": chosen})
    browse_as(cast.anna).post(url("tickets:change", cast.acme), {"do": "close", "chosen": chosen})

    rows = [reload(one) for one in (ticket, other, elsewhere)]
    assert [(row.assignee_id, row.priority, row.is_closed) for row in rows] == [
        (cast.nora.pk, 1, True),
        (cast.nora.pk, 1, True),
        (cast.nora.pk, 1, False),
    ]


def test_how_urgent_the_agency_finds_it_is_its_own_business(cast, ticket):
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, priority=1)
    path = url("tickets:index", cast.acme)

    assert "Urgent" in browse_as(cast.nora).get(path).content.decode()
    for address in (path, url("tickets:detail", cast.acme, ticket.number), url("tickets:export", cast.acme, "csv")):
        assert "Urgent" not in browse_as(cast.anna).get(address).content.decode()
    assert len(browse_as(cast.anna).get(f"{path}?priority=4").context["rows"]) == 1


def test_card_moves_to_the_next_state(cast, ticket):
    path = url("tickets:advance", cast.acme, ticket.number)
    assert browse_as(cast.anna).post(path).status_code == 403

    codes = []
    for _step in range(6):
        browse_as(cast.nora).post(path)
        codes.append(reload(ticket).stage)

    assert codes == ["accepted", "working", "waiting", "done", "done", "done"]


def test_card_moves_into_any_column_that_its_kind_has(cast, open_ticket):
    estimate = open_ticket(kind="estimate")
    path = url("tickets:advance", cast.acme, estimate.number)

    answer = browse_as(cast.nora).post(path, {"to": "waiting", "next": url("desk:board", cast.north)})
    assert (reload(estimate).stage, answer.url) == ("waiting", url("desk:board", cast.north))
    page = browse_as(cast.nora).post(path, {"to": "accepted"}, follow=True).content.decode()

    assert reload(estimate).stage == "waiting" and "have no such state" in page
    assert 'name="to" value="done"' in page and 'name="to" value="waiting"' not in page


def test_several_get_a_state_and_a_person_at_once(cast, ticket, open_ticket):
    estimate = open_ticket(kind="estimate")
    data = {"do": "set", "stage": "accepted", "to": cast.olaf.pk, "chosen": [ticket.pk, estimate.pk]}

    browse_as(cast.anna).post(url("tickets:change", cast.acme), data)
    assert reload(ticket).stage == "new"
    browse_as(cast.nora).post(url("desk:change", cast.north), data)

    rows = [reload(one) for one in (ticket, estimate)]
    assert [(row.stage, row.assignee_id) for row in rows] == [("accepted", cast.olaf.pk), ("new", None)]
    page = browse_as(cast.nora).get(url("desk:index", cast.north)).content.decode()
    assert 'data-key="s"' in page and 'data-key="a"' in page and 'data-hint="j"' in page


def test_ticket_address_stands_where_one_looks_for_it(cast, ticket):
    page = browse_as(cast.anna).get(url("tickets:index", cast.acme)).content.decode()
    with tenant(cast.north.pk):
        address = address_of(str(current_address(cast.acme)))

    assert page.count(f'value="{address}"') == 2  # beside the button, and behind the letter
    assert address in browse_as(cast.anna).get(url("mailbox:address", cast.acme)).content.decode()
    for who in (cast.carl, cast.rita, cast.vera):
        assert "+ticket@" not in browse_as(who).get(url("tickets:index", cast.acme)).content.decode()

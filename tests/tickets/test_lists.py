"""Board, calendar, files, saved views, changes of several tickets at once."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.mail.addresses import current_address
from portal.notifications.models import Preference
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, reload, url
from tests.counting import queries_of
from tests.tickets.makers import open_for, status_of, type_of
from tickets import actions, reading
from tickets.mail_in import address_of
from tickets.models import SavedView
from worklog.actions import logging
from worklog.days import Stretch
from worklog.models import WorkEntry


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


@pytest.mark.parametrize("query", ["who=some", "who=none2", "by=agency7"])
def test_filter_that_makes_no_sense_is_left_out(cast, ticket, query):
    page = browse_as(cast.nora).get(f"{url('desk:index', cast.north)}?{query}")

    assert page.status_code == 200 and "Wrong shipping cost" in page.content.decode()


def test_step_days_and_project_narrow_the_list_of_all_clients(cast, ticket, open_ticket):
    other, path = open_ticket(title="Later"), url("desk:index", cast.north)
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, due_at=datetime(2030, 3, 29, 22, 30, tzinfo=UTC))
        actions.change(other, by=cast.nora, due_at=datetime(2030, 4, 2, 12, 0, tzinfo=UTC))
        actions.move(other, by=cast.nora, status=status_of(other, "in-progress"))
    nora = browse_as(cast.nora)

    def keys(**query):
        return [row.key for row in nora.get(path, query).context["rows"]]

    assert keys(since="2030-03-29", until="2030-03-29") == ["ACM-1"]
    assert keys(since="2030-03-30") == keys(status="in-progress") == ["ACM-2"]
    assert keys(project=cast.shop.pk) == ["ACM-1"]
    assert keys(since="soon", status="a b") == ["ACM-1", "ACM-2"]
    page = nora.get(path, {"since": "2030-03-29"}).content.decode()
    assert 'value="2030-03-29"' in page and "Acme: Shop" in page and "In progress" in page
    assert len(queries_of(nora, path)) <= 12
    assert "Acme: Shop" not in browse_as(cast.anna).get(url("tickets:index", cast.acme)).content.decode()


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


def test_filters_stay_when_several_are_changed_and_any_priority_can_be_set(cast, ticket):
    nora, desk = browse_as(cast.nora), url("desk:index", cast.north)
    page = nora.get(f"{desk}?kind=bug&who=none").content.decode()
    assert 'name="kept" value="kind=bug&amp;who=none"' in page
    assert re.search(r'name="do" value="(\w+)"', page)[1] == "set"  # what Enter in the deadline presses
    data = {"do": "set", "priority": "4", "chosen": [ticket.pk], "kept": "kind=bug&who=none&next=evil"}

    answer = nora.post(url("desk:change", cast.north), data)

    assert (answer.url, reload(ticket).priority) == (f"{desk}?kind=bug&who=none", 4)
    assert nora.post(url("desk:change", cast.north), {**data, "priority": "9"}).status_code == 302
    browse_as(cast.anna).post(url("tickets:change", cast.acme), {**data, "priority": "1"})
    assert reload(ticket).priority == 4


def test_new_ticket_over_all_clients_asks_for_the_client_first(cast):
    nora, new = browse_as(cast.nora), url("desk:create", cast.north)
    for name in ("index", "board", "calendar"):
        page = nora.get(url(f"desk:{name}", cast.north)).content.decode()
        assert f'href="{new}" data-key="c"' in page
        assert new not in browse_as(cast.vera).get(url(f"desk:{name}", cast.north)).content.decode()

    assert "Bolt" in nora.get(new).content.decode()
    assert nora.get(f"{new}?client=bolt").url == url("tickets:create", cast.bolt)
    assert nora.get(f"{new}?client=cosmo").status_code == 200


def test_calendar_says_when_it_is_full_and_when_it_is_empty(cast, ticket, open_ticket, monkeypatch):
    path = url("desk:calendar", cast.north)
    assert "Nothing is due in this month" in browse_as(cast.nora).get(path).content.decode()
    due, other = timezone.now().replace(day=15, hour=12), open_ticket()
    with tenant(cast.north.pk):
        for one in (ticket, other):
            actions.change(one, by=cast.nora, due_at=due)
    assert "More tickets are due" not in browse_as(cast.nora).get(path).content.decode()

    monkeypatch.setattr(reading, "CARDS", 1)

    assert "More tickets are due" in browse_as(cast.nora).get(path).content.decode()


def test_files_hold_project_people_estimate_and_time(cast, ticket):
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, estimate_minutes=120)
        day = [Stretch(timezone.localdate(), 95)]
        logging.log(cast.acme, day, by=cast.nora, text="x", kind="Development", subject=logging.subject_of(ticket))
        WorkEntry.objects.update(visible_from=timezone.now() - timedelta(minutes=1))

    lines = {who.pk: next(csv.DictReader(io.StringIO(_file(who, cast)))) for who in (cast.nora, cast.anna, cast.carl)}

    assert {
        name: lines[cast.nora.pk][name] for name in ("Project", "Asked by", "Estimate", "Time", "Percent complete")
    } == {
        "Project": "Shop",
        "Asked by": "Anna Example",
        "Estimate": "2:00",
        "Time": "1:35",
        "Percent complete": "0",
    }
    assert [(lines[who.pk]["Estimate"], lines[who.pk]["Time"]) for who in (cast.anna, cast.carl)] == [
        ("", "1:35"),
        ("", ""),
    ]


def _file(who, cast) -> str:
    return browse_as(who).get(url("tickets:export", cast.acme, "csv")).content.decode("utf-8-sig")


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


def test_several_get_a_team_and_a_deadline_at_once_and_the_filters_stay(cast, ticket, open_ticket):
    other, desk = open_ticket(), url("desk:index", cast.north)
    with tenant(cast.north.pk):
        team = actions.keep_team(None, by=cast.olaf, name="Strategy", people=[cast.nora])
        actions.assign(other, by=cast.nora, to=cast.olaf)
    nora, chosen = browse_as(cast.nora), [ticket.pk, other.pk]
    data = {"do": "set", "team": team.pk, "due_at": "2030-03-29T18:00", "chosen": chosen, "kept": "kind=bug"}

    page = nora.get(desk).content.decode()
    answer = nora.post(url("desk:change", cast.north), data)
    nora.post(url("desk:change", cast.north), {"do": "set", "to": cast.nora.pk, "chosen": chosen})

    rows = [reload(one) for one in (ticket, other)]
    assert answer.url == f"{desk}?kind=bug" and 'name="due_at"' in page and 'form="many" name="team"' in page
    assert [(row.team_id, row.assignee_id) for row in rows] == [(team.pk, cast.nora.pk)] * 2
    assert {row.due_at for row in rows} == {datetime(2030, 3, 29, 17, tzinfo=UTC)}


def test_team_leaves_the_person_and_a_deadline_that_is_none_is_said(cast, ticket):
    with tenant(cast.north.pk):
        team = actions.keep_team(None, by=cast.olaf, name="Strategy", people=[cast.nora])
        actions.assign(ticket, by=cast.nora, to=cast.olaf)
    nora, path = browse_as(cast.nora), url("desk:change", cast.north)

    nora.post(path, {"do": "set", "team": team.pk, "chosen": [ticket.pk]})
    wrong = nora.post(path, {"do": "set", "due_at": "soon", "team": "", "chosen": [ticket.pk]}, follow=True)
    nothing = nora.post(path, {"do": "set", "chosen": [ticket.pk]}, follow=True).content.decode()
    browse_as(cast.vera).post(url("tickets:change", cast.acme), {"do": "set", "team": "1", "chosen": [ticket.pk]})

    assert "Enter a valid date/time." in wrong.content.decode() and "Choose first what they should get." in nothing
    row = reload(ticket)
    assert (row.team_id, row.assignee_id, row.due_at) == (team.pk, cast.olaf.pk, None)


def test_ticket_address_stands_where_one_looks_for_it(cast, ticket):
    page = browse_as(cast.anna).get(url("tickets:index", cast.acme)).content.decode()
    with tenant(cast.north.pk):
        address = address_of(str(current_address(cast.acme)))

    assert page.count(f'value="{address}"') == 2  # beside the button, and behind the letter
    assert address in browse_as(cast.anna).get(url("mailbox:address", cast.acme)).content.decode()
    for who in (cast.carl, cast.rita, cast.vera):
        assert "+ticket@" not in browse_as(who).get(url("tickets:index", cast.acme)).content.decode()


def test_control_characters_and_filters_of_a_file(cast, open_ticket):
    with tenant(cast.north.pk):
        type(open_ticket()).objects.update(title="Bell\x07 and\x0b tab")
    for kind in ("csv", "xlsx"):
        answer = browse_as(cast.nora).get(url("desk:export", cast.north, kind), {"opened": "7"})
        assert answer.status_code == 200
    with tenant(cast.north.pk):
        rows = AuditEvent.objects.filter(kind="export.made").order_by("pk")
        assert [row.detail["filters"] for row in rows] == [{"opened": "7"}] * 2
        assert all(len(row.detail["sha256"]) == 64 for row in rows)


def test_title_is_one_line(cast):
    data = {"type": type_of(cast.north).pk, "title": "Bell\x07"}
    assert browse_as(cast.anna).post(url("tickets:create", cast.acme), data).status_code == 422


def test_filters_have_controls_and_hold_on_board_and_calendar(cast, ticket, open_ticket):
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, priority=1)
        open_for(cast.bolt, cast.nora, title="For Bolt")
    nora = browse_as(cast.nora)
    titles = lambda **query: [row.title for row in nora.get(url("desk:index", cast.north), query).context["rows"]]  # noqa: E731
    assert titles(priority="1") == titles(by="client", of="acme") == [ticket.title]
    assert titles(by="agency", of="bolt", opened="7") == ["For Bolt"]
    for name in ("desk:index", "desk:board", "desk:calendar"):
        page = nora.get(url(name, cast.north), {"priority": "1"}).content.decode()
        for control in ("priority", "of", "by", "opened"):
            assert f'name="{control}"' in page, (name, control)
    assert "&amp;priority=1" in page
    theirs = browse_as(cast.anna).get(url("tickets:board", cast.acme)).content.decode()
    assert 'name="by"' in theirs and 'name="priority"' not in theirs and 'name="of"' not in theirs


def test_contact_keeps_views_of_his_own_list(cast, ticket):
    anna, path = browse_as(cast.anna), url("tickets:index", cast.acme)
    anna.post(url("tickets:save_view", cast.acme), {"name": "Bugs", "query": "kind=bug"})

    assert f'href="{path}?kind=bug"' in anna.get(path).content.decode()
    assert "Bugs</a>" not in browse_as(cast.carl).get(path).content.decode()
    with tenant(cast.north.pk):
        view = SavedView.objects.get()
    assert browse_as(cast.carl).post(url("tickets:forget_view", cast.acme, view.pk)).status_code == 404
    anna.post(url("tickets:forget_view", cast.acme, view.pk))
    assert "Bugs</a>" not in anna.get(path).content.decode()


def test_composer_names_houses_and_counts_mails_as_they_are_wished(cast, ticket):
    with tenant(cast.north.pk):
        actions.add_followers(ticket, [cast.carl], by=cast.nora)
        Preference.objects.create(agency=cast.north, member=cast.carl, kind="ticket.commented", email=False)

    pages = [
        browse_as(who).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()
        for who in (cast.nora, cast.anna)
    ]

    assert "1 person gets it by e-mail, 1 of them at Acme" in pages[0]
    assert "So can Pixel Print, Vega Studio." in pages[0]
    assert "Vega Studio" not in pages[1] and "So can the companies that work on it with North." in pages[1]


@pytest.mark.parametrize("name", ("olaf", "nora", "fred", "anna", "carl", "bob", "vera", "pavel"))
def test_board_and_saved_views_asked_once_equal_ordinary_queries(cast, open_ticket, name):
    """What several cards share, such as a client or a status, is made once; each card still has its own."""
    member, shop = getattr(cast, name), {"project": cast.shop}
    with tenant(cast.north.pk):
        for place in ({}, shop, {}, shop):
            actions.change(open_ticket(**place), by=cast.nora, assignee=cast.nora)
    with acting_as(member):
        ordinary = reading.rows_of(member, cast.acme)
        cards = list(reading.cards_of(ordinary, ordinary.open()))
        asked = reading.ON_THE_BOARD.ask(member, cast.acme)

        assert [_shown_of(card) for card in asked] == [_shown_of(card) for card in cards]
        assert len({id(card.client) for card in asked}) <= 1
        assert reading.SAVED.ask(member, cast.acme) == list(
            SavedView.objects.visible_to(member).filter(client=cast.acme)
        )


def _shown_of(card) -> tuple:
    return card.pk, card.title, card.client.name, str(card.status), str(card.assignee)

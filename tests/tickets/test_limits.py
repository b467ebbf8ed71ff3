"""How much of one thing there can be, and what is said when it is more."""

import csv
import io

import pytest
from openpyxl import load_workbook

from portal.core.context import tenant
from tests.browse import browse_as, reload, url
from tickets import bulk, exporting, print_views
from tickets.actions import saving, splitting
from tickets.models import SavedView


def test_so_many_views_one_keeps_and_no_more(cast, monkeypatch):
    monkeypatch.setattr(saving, "MOST", 2)
    nora, save = browse_as(cast.nora), url("desk:save_view", cast.north)
    for name in ("Bugs", "Mine", "Late"):
        nora.post(save, {"name": name, "query": "who=me"})
    nora.post(save, {"name": "Mine", "query": "due=late"})  # one that is there can still be said anew

    with tenant(cast.north.pk):
        assert list(SavedView.objects.values_list("name", "query")) == [("Bugs", "who=me"), ("Mine", "due=late")]


def test_view_with_a_long_name_and_a_long_address_is_cut(cast):
    browse_as(cast.nora).post(url("desk:save_view", cast.north), {"name": "B\0ug " * 30, "query": "?q=" + "\0x" * 900})

    with tenant(cast.north.pk):
        view = SavedView.objects.get()
    assert view.name.startswith("Bug Bug") and len(view.name) <= 60
    assert view.query.startswith("q=xxx") and len(view.query) == 500


def test_hundred_at_once_are_changed_the_others_are_left(cast, ticket, open_ticket, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 1)
    other = open_ticket()

    browse_as(cast.nora).post(url("desk:change", cast.north), {"do": "take", "chosen": [ticket.pk, other.pk]})

    assert [reload(one).assignee_id for one in (ticket, other)] == [cast.nora.pk, None]


def test_client_s_list_changes_no_ticket_of_another_client(cast, ticket, open_ticket):
    elsewhere = open_ticket(client=cast.bolt, by=cast.nora)
    data = {"do": "take", "chosen": [ticket.pk, elsewhere.pk]}

    browse_as(cast.nora).post(url("tickets:change", cast.acme), data)

    assert [reload(one).assignee_id for one in (ticket, elsewhere)] == [cast.nora.pk, None]


@pytest.mark.parametrize("kind", exporting.TYPES)
def test_file_that_is_cut_says_so(cast, ticket, open_ticket, monkeypatch, kind):
    open_ticket(title="The second one")
    monkeypatch.setattr(exporting, "MOST", 1)

    content = browse_as(cast.nora).get(url("desk:export", cast.north, kind)).content

    rows = list(_rows_of(content, kind))
    assert [row[0] for row in rows[1:]] == [
        "ACM-1",
        "Only the first 1 tickets are here; filter the list to get the others.",
    ]


def _rows_of(content: bytes, kind: str):
    """The rows of a file."""
    if kind == "csv":
        return csv.reader(io.StringIO(content.decode("utf-8-sig")))
    return load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)


def test_checklist_is_full_at_some_point(cast, ticket, monkeypatch):
    monkeypatch.setattr(splitting, "MOST_ITEMS", 1)
    nora, add = browse_as(cast.nora), url("tickets:add_item", cast.acme, ticket.number)
    nora.post(add, {"text": "Ask the carrier"})

    page = nora.post(add, {"text": "Tell Anna"}, follow=True).content.decode()

    assert "The checklist is full" in page and "Ask the carrier" in page and "Tell Anna" not in page


def test_paper_holds_the_newest_words_and_says_that_others_are_left_out(cast, ticket, say, monkeypatch):
    say(ticket, cast.nora, "An older word"), say(ticket, cast.nora, "A newer word")
    paper = url("tickets:print", cast.acme, ticket.number)
    whole = browse_as(cast.nora).get(paper)
    monkeypatch.setattr(print_views, "MOST", 1)

    cut = browse_as(cast.nora).get(paper)

    assert not whole.context["is_cut"] and "An older word" in whole.content.decode()
    assert cut.context["is_cut"] and "A newer word" in cut.content.decode()
    assert "An older word" not in cut.content.decode()


def test_state_that_no_kind_can_have_is_refused(cast, ticket):
    for stage in ("nowhere", "\0"):
        page = browse_as(cast.nora).post(url("tickets:advance", cast.acme, ticket.number), {"to": stage}, follow=True)
        assert "have no such state" in page.content.decode()

    assert reload(ticket).stage == "new"


def test_there_are_no_other_kinds_of_files(cast, ticket):
    assert browse_as(cast.nora).get(url("desk:export", cast.north, "exe")).status_code == 404
    assert browse_as(cast.nora).get(url("tickets:export", cast.acme, "exe")).status_code == 404

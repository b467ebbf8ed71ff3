"""Writing while people talk: drafts that keep themselves, items of their own, nothing lost between two writers."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from portal.core.context import tenant
from portal.tenancy.actions import share_project
from portal.tenancy.scope import acting_as
from protocols import actions
from protocols.meetings import actions as meetings
from protocols.models import AgendaItem, Comment, Participation, Protocol, Version
from tests.browse import browse_as, url
from tests.protocols.meeting_makers import plan

__all__ = ["plan"]


@pytest.fixture
def draft(cast, write):
    with tenant(cast.north.pk):
        points = [actions.Point("Budget"), actions.Point("Norway")]
    return write("Jour fixe", publish=False, contents=actions.Contents(points=points))


def _items(cast):
    with tenant(cast.north.pk), transaction.atomic():
        return list(AgendaItem.objects.order_by("position"))


def _save(who, cast, protocol, item, notes, revision, **headers):
    path = url("protocols:save_item", cast.acme, protocol.number, item.pk)
    return browse_as(who).post(path, {"notes": notes, "revision": revision}, headers=headers)


def test_an_item_is_saved_while_it_is_typed(cast, draft):
    first, second = _items(cast)

    answer = _save(cast.nora, cast, draft, first, "! Budget stays", 0, **{"HX-Request": "true"})
    _save(cast.olaf, cast, draft, second, "48 of 60", 0, **{"HX-Request": "true"})

    assert "Budget stays" in answer.content.decode() and 'value="1"' in answer.content.decode()
    assert [item.notes for item in _items(cast)] == ["! Budget stays", "48 of 60"]


def test_without_scripts_it_is_saved_by_a_button(cast, draft):
    first, _second = _items(cast)
    answer = _save(cast.nora, cast, draft, first, "Notes", 0)
    assert answer.status_code == 302
    assert _items(cast)[0].notes == "Notes"


def test_a_character_that_no_database_keeps_is_left_out(cast, draft):
    first, _second = _items(cast)
    answer = _save(cast.nora, cast, draft, first, "Pasted\0 from a table", 0)
    assert answer.status_code == 302
    assert _items(cast)[0].notes == "Pasted from a table"


def test_two_in_one_item_see_each_other(cast, draft):
    first, _second = _items(cast)
    _save(cast.nora, cast, draft, first, "What Nora wrote", 0)

    answer = _save(cast.olaf, cast, draft, first, "What Olaf wrote", 0, **{"HX-Request": "true"}).content.decode()

    assert "Nora Example has changed this item" in answer
    assert "<ins>Olaf</ins>" in answer and 'value="1"' in answer
    assert _items(cast)[0].notes == "What Nora wrote"
    _save(cast.olaf, cast, draft, first, "What both wrote", 1)
    assert _items(cast)[0].notes == "What both wrote"


def test_the_other_side_cannot_write_in_it(cast, draft):
    first, _second = _items(cast)
    assert _save(cast.anna, cast, draft, first, "x", 0).status_code == 404
    assert _save(cast.rita, cast, draft, first, "x", 0).status_code == 403
    assert browse_as(cast.rita).get(url("protocols:minutes", cast.acme, draft.number)).status_code == 403


def test_items_are_added_while_it_runs(cast, draft):
    path = url("protocols:add_item", cast.acme, draft.number)
    browse_as(cast.nora).post(path, {"title": "One more"})
    browse_as(cast.nora).post(path, {"title": " "})
    assert [item.title for item in _items(cast)] == ["Budget", "Norway", "One more"]
    page = browse_as(cast.nora).get(url("protocols:minutes", cast.acme, draft.number)).content.decode()
    assert "One more" in page and "Close and publish" in page


def test_no_more_items_are_added_than_the_form_can_save(cast, write):
    with tenant(cast.north.pk):
        points = [actions.Point(f"Item {number}") for number in range(actions.MOST_ITEMS)]
    draft = write(publish=False, contents=actions.Contents(points=points))
    path = url("protocols:add_item", cast.acme, draft.number)

    page = browse_as(cast.nora).post(path, {"title": "One too many"}, follow=True).content.decode()

    assert f"An agenda has at most {actions.MOST_ITEMS} items." in page and "One too many" not in page
    assert len(_items(cast)) == actions.MOST_ITEMS


def test_a_draft_keeps_itself(cast, words):
    path = url("protocols:keep", cast.acme)
    browser = browse_as(cast.nora)
    typed = {name: value for name, value in words.items() if name != "publish"}

    first = browser.post(path, {**typed, "title": ""}).content.decode()
    assert "Kept as soon as there is a topic" in first
    with tenant(cast.north.pk):
        assert not Protocol.objects.exists()

    kept = browser.post(path, typed)
    with tenant(cast.north.pk):
        draft = Protocol.objects.get()
    assert f'name="draft_number" value="{draft.number}"' in kept.content.decode()
    version = kept.context["version"]
    browser.post(path, {**typed, "draft_number": draft.number, "version": version, "title": "Second thoughts"})
    with tenant(cast.north.pk):
        draft = Protocol.objects.get()
        assert (draft.title, draft.is_published) == ("Second thoughts", False)

    last = {**words, "draft_number": draft.number, "version": draft.edited_at.isoformat(), "title": "Final"}
    browser.post(url("protocols:create", cast.acme), last)
    with tenant(cast.north.pk):
        assert (Protocol.objects.get().title, Protocol.objects.get().is_published) == ("Final", True)


def test_what_is_published_does_not_change_while_somebody_types(cast, words, write):
    """A second tab still holds the form of the draft."""
    protocol = write("Agreed words")
    typed = {name: value for name, value in words.items() if name != "publish"}
    typed |= {"draft_number": protocol.number, "version": protocol.edited_at.isoformat(), "title": "Half a sen"}

    assert browse_as(cast.nora).post(url("protocols:keep", cast.acme), typed).status_code == 403

    with tenant(cast.north.pk):
        protocol = Protocol.objects.get()
        assert (protocol.title, protocol.version) == ("Agreed words", 1)


def test_a_kept_draft_is_nobody_elses(cast, words):
    typed = {name: value for name, value in words.items() if name != "publish"}
    browse_as(cast.anna).post(url("protocols:keep", cast.acme), typed)
    with tenant(cast.north.pk):
        draft = Protocol.objects.get()
    stolen = {**typed, "draft_number": draft.number, "version": draft.edited_at.isoformat(), "title": "Stolen"}
    assert browse_as(cast.nora).post(url("protocols:keep", cast.acme), stolen).status_code == 404
    assert browse_as(cast.bob).post(url("protocols:keep", cast.acme), stolen).status_code == 404


def test_what_is_typed_is_understood_at_once(cast):
    typed = {"points-0-notes": "! Go\n@anna fri call", "held_at": "2026-11-24T10:00"}
    page = browse_as(cast.nora).post(url("protocols:understood", cast.acme), typed).content.decode()
    assert "Decision" in page and "Anna Example" in page and "27" in page
    assert browse_as(cast.rita).post(url("protocols:understood", cast.acme), typed).status_code == 403


@pytest.mark.parametrize("moment", ["9999-12-31T23:59", "0001-01-01T00:00", "9999-12-31T23:59:59-14:00", "soon"])
def test_a_day_that_cannot_be_is_no_error_while_it_is_typed(cast, moment):
    typed = {"points-0-notes": "@anna fri call", "held_at": moment}
    answer = browse_as(cast.nora).post(url("protocols:understood", cast.acme), typed)
    assert answer.status_code == 200 and "Anna Example" in answer.content.decode()


def test_a_vendor_takes_minutes_only_where_it_may_add(cast, plan):
    """Contributing in one project opens no other."""
    with tenant(cast.north.pk):
        share_project(cast.blog, level="view", vendor=cast.supplier)
        meetings = [plan(guests=[cast.vera], project=project) for project in (cast.blog, cast.shop)]
    browser = browse_as(cast.vera)

    answers = [browser.post(url("protocols:begin", cast.acme, row.pk)).status_code for row in meetings]

    assert answers == [403, 302]


def test_whoever_has_declined_is_noted_as_absent_and_the_writer_as_present(cast, plan):
    """Also when the writer had said no and came all the same."""
    meeting = plan(guests=[cast.anna, cast.olaf, cast.nora])
    with tenant(cast.north.pk):
        for who in (cast.anna, cast.nora):
            meetings.answer(meeting, by=who, answer="DECLINED")
    browser = browse_as(cast.nora)

    first = browser.get(url("protocols:create", cast.acme), {"meeting": meeting.pk}).context["form"].initial
    assert (set(first["present"]), first["absent"]) == ({cast.nora.pk, cast.olaf.pk}, [cast.anna.pk])

    browser.post(url("protocols:begin", cast.acme, meeting.pk))
    with tenant(cast.north.pk):
        noted = set(Participation.objects.values_list("member__user__name", "was_invited", "was_present"))
    assert noted == {("Nora Example", True, True), ("Olaf Example", True, True), ("Anna Example", True, False)}


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_minutes_that_four_begin_at_once_are_one_draft(cast, plan):
    path = url("protocols:begin", cast.acme, plan().pk)
    browsers, start = [browse_as(who) for who in (cast.nora, cast.nora, cast.olaf, cast.olaf)], Barrier(4)

    def begin(browser):
        try:
            start.wait(10)
            return browser.post(path)["Location"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(begin, browsers))) == 1
    with tenant(cast.north.pk), transaction.atomic():
        assert Protocol.objects.count() == 1


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_32_at_once_lose_nothing(cast, write):
    """Edits take turns, comments all stay, and each edit made its version."""
    points = [actions.Point(f"Item {number}") for number in range(4)]
    protocol = write("Busy", contents=actions.Contents(points=points))
    items = _items(cast)

    def work(number):
        try:
            with acting_as(cast.nora), transaction.atomic():
                if number % 2:
                    return actions.comment(protocol, by=cast.nora, text=f"Comment {number}").pk
                return _add_line(items[number % 4], cast.nora, f"Line {number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(work, range(32)))

    with tenant(cast.north.pk), transaction.atomic():
        assert Comment.objects.count() == 16
        lines = {line for item in AgendaItem.objects.all() for line in item.notes.split("\n") if line}
        assert lines == {f"Line {number}" for number in range(0, 32, 2)}
        assert Version.objects.count() == 17 == Protocol.objects.get().version


def _add_line(item, member, line):
    """As a person does who is shown the other's text: take it in, and save again."""
    for _turn in range(40):
        now = AgendaItem.objects.select_related("protocol").get(pk=item.pk)
        try:
            return actions.save_item(now, by=member, seen=now.revision, notes=f"{now.notes}\n{line}").pk
        except actions.ItemConflict:
            continue
    raise AssertionError("never came in")

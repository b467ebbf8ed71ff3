"""Two people change one protocol: the second is shown all that would be overwritten, and nothing else."""

import pytest

from portal.core.context import tenant
from protocols import actions
from protocols.models import AgendaItem, Protocol
from tests.browse import browse_as, url


@pytest.fixture
def sent(cast, words):
    """What both had before them."""
    people = {"present": [cast.nora.pk, cast.anna.pk], "absent": [cast.olaf.pk], "others": "Piotr"}
    return {**words, **people, "internal_note": "He hesitated"}


@pytest.fixture
def protocol(cast, sent):
    browse_as(cast.nora).post(url("protocols:create", cast.acme), sent)
    with tenant(cast.north.pk):
        return Protocol.objects.get()


@pytest.fixture
def clash(cast, protocol, sent):
    """Nora saves first, then Olaf, who saw what was there before; the places that his page shows, as title and difference."""

    def clash(first, second=None):
        path, seen = url("protocols:edit", cast.acme, protocol.number), {"version": protocol.edited_at.isoformat()}
        assert browse_as(cast.nora).post(path, {**sent, **seen, **first}).status_code == 302
        answer = browse_as(cast.olaf).post(path, {**sent, **seen, **(second or {})})
        assert answer.status_code == 409
        clash.page, clash.form = answer.content.decode(), answer.context["form"]
        return dict(answer.context["theirs_places"])

    return clash


def _agenda(*points):
    rows = {"points-TOTAL_FORMS": len(points), "points-INITIAL_FORMS": 0}
    for number, (pk, title, notes) in enumerate(points):
        rows |= {f"points-{number}-pk": pk, f"points-{number}-title": title, f"points-{number}-notes": notes}
    return rows


def test_every_field_that_the_first_changed_is_shown_to_the_second(cast, clash):
    shown = clash(
        {
            "kind": "meeting",
            "title": "Prices",
            "held_at": "2026-11-18T09:00",
            "duration_minutes": "1:10",
            "place": "Room 4",
            "project": cast.shop.pk,
            "key_points": "Five days",
            "present": [cast.nora.pk],
            "absent": [cast.anna.pk],
            "others": "",
            "internal_note": "He agreed",
        }
    )

    assert {title: "<del>" in html or "<ins>" in html for title, html in shown.items()} == dict.fromkeys(
        [
            *("Kind", "Topic", "When", "How long", "Place or link", "Project", "Key points"),
            *("Who was there?", "Invited, but not there", "Other people", "Notes for the agency only"),
        ],
        True,
    )
    assert "Anna Example" in shown["Who was there?"] and "<del>agreed" in shown["Notes for the agency only"]


def test_what_both_wrote_alike_is_not_shown(cast, clash):
    same = {"key_points": "Two lines\nof the same"}
    assert clash(same, {"key_points": "Two lines\r\nof the same"}) == {}
    assert "What you wrote is what was saved" in clash.page


def test_what_the_second_has_ticked_stays_ticked(cast, protocol, clash):
    clash({"title": "Prices"})
    assert clash.form["present"].value() == [str(cast.nora.pk), str(cast.anna.pk)]


def test_items_are_compared_by_what_they_are_not_by_their_title(cast, protocol, clash):
    with tenant(cast.north.pk):
        points = [actions.Point("Budget", "60"), actions.Point("Norway", "48")]
        actions.edit(protocol, by=cast.nora, seen_at=protocol.edited_at, contents=actions.Contents(points=points))
        protocol.refresh_from_db()
        budget, norway = AgendaItem.objects.values_list("pk", flat=True)
    now = _agenda((budget, "Budget", "60"), (norway, "Norway", "48"))

    shown = clash(_agenda((norway, "Oslo", "48"), (budget, "Budget", "60"), ("", "Added", "")), now)

    assert set(shown) == {"Agenda", "Norway", "Added"}
    assert "<del>Oslo" in shown["Norway"] and "48" in shown["Norway"]
    assert "<del>Added" in shown["Added"]


def test_the_form_brings_the_note_for_the_agency(cast, protocol):
    """An empty field would wipe it out at the next save."""
    browser, path = browse_as(cast.nora), url("protocols:edit", cast.acme, protocol.number)
    form = browser.get(path).context["form"]

    assert form["internal_note"].value() == "He hesitated"

"""Sections are confirmed by somebody, fall behind when something shared changes, and are asked for once a quarter."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from portal.core import jobs
from portal.core.context import tenant
from portal.events.models import Event
from portal.profile import tasks
from portal.profile.actions import reminders
from portal.profile.models import Reminder, Section
from portal.tenancy.models import Client
from tests.browse import browse_as, events_of, url
from tests.counting import queries_of
from tests.profile.conftest import again, page, typed
from tests.profile.test_proposals import told


def confirm(member, section):
    seen = next(part.seen for part in page(member, section.client).context["parts"] if part.pk == section.pk)
    return browse_as(member).post(url("profile:confirm", section.client, section.pk), {"seen": seen})


def state(member, section) -> str:
    return next(part.state for part in page(member, section.client).context["parts"] if part.pk == section.pk)


def change(member, section, **words):
    form = page(member, section.client, "edit", section.pk).context["form"]
    assert (
        browse_as(member).post(url("profile:edit", section.client, section.pk), typed(form, **words)).status_code == 302
    )


@pytest.mark.parametrize("name", ["anna", "nora"])
def test_both_sides_may_confirm(cast, section, name):
    member = getattr(cast, name)
    assert state(cast.anna, section) == "Not confirmed yet"

    assert confirm(member, section).status_code == 302

    assert again(section).confirmed_by_id == member.pk
    assert state(cast.anna, section).startswith(f"Confirmed by {member} on ")
    assert events_of(section)[-1] == ("profile.confirmed", member.pk)


def test_vendors_and_readers_may_not(cast, section):
    for member in (cast.vera, cast.rita):
        assert confirm(member, section).status_code == 403


def test_a_shared_change_makes_it_fall_behind_an_internal_one_does_not(cast, section, goal, remark):
    confirm(cast.anna, section)
    change(cast.nora, section, **{f"text_{remark.pk}": "They pay now"})
    assert state(cast.anna, section).startswith("Confirmed by")

    change(cast.nora, section, **{f"text_{goal.pk}": "Nine"})
    assert state(cast.anna, section).startswith("Changed since Anna Example confirmed it")
    assert "Waits for confirmation" in page(cast.anna, cast.acme, "history").content.decode()

    confirm(cast.nora, section)
    assert "Confirmed by Nora Example" in page(cast.anna, cast.acme, "history").content.decode()


def test_nobody_confirms_what_was_not_on_the_screen(cast, section, goal):
    seen = page(cast.anna, cast.acme).context["parts"][0].seen
    change(cast.nora, section, **{f"text_{goal.pk}": "Nine"})

    for sent in (seen, "", "nonsense", "2026-13-99T99:99"):
        answer = browse_as(cast.anna).post(url("profile:confirm", cast.acme, section.pk), {"seen": sent}, follow=True)
        assert "changed while you were reading" in answer.content.decode()
    assert again(section).confirmed_at is None


def test_a_yes_that_was_sent_twice_stands_on_the_timeline_once(cast, section):
    path, seen = url("profile:confirm", cast.acme, section.pk), page(cast.anna, cast.acme).context["parts"][0].seen
    answers = [browse_as(cast.anna).post(path, {"seen": seen}).status_code for _twice in range(2)]

    assert answers == [302, 302]
    assert [kind for kind, _by in events_of(section)].count("profile.confirmed") == 1


def test_confirming_what_is_internal_stays_internal(cast, write):
    section = write("Inside", ("Remark", "They pay late", True))
    confirm(cast.nora, section)
    with tenant(cast.north.pk):
        assert Event.objects.get(kind="profile.confirmed").internal


# --- Once a quarter -------------------------------------------------------------------------------------------------


@pytest.fixture
def ask(cast, monkeypatch):
    """What the clock does: the sweep, and the tasks that it wakes, run at once. Gives the events."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)

    def ask():
        with tenant(cast.north.pk):
            for client in Client.objects.select_related("agency"):
                reminders.ask(client)
            return list(Event.objects.filter(kind="profile.due").order_by("pk"))

    return ask


def aged(section, days, **more):
    with tenant(section.agency_id):
        Section.objects.filter(pk=section.pk).update(created_at=timezone.now() - timedelta(days=days), **more)


def test_after_a_quarter_manager_and_contacts_are_asked(cast, section, write, ask):
    aged(section, 89)
    assert ask() == []

    aged(section, 91)
    assert len(ask()) == 1
    expected = "Is the profile still right? Please confirm: Agreements"
    for name, is_told in {
        "anna": True,
        "olaf": True,
        "carl": False,
        "bob": False,
        "nora": False,
        "vera": False,
    }.items():
        assert (expected in told(getattr(cast, name))) is is_told, name


def test_never_twice_in_a_quarter_and_again_in_the_next(cast, section, ask):
    with time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=UTC), tick=False):
        aged(section, 91)
        ask()
        assert len(ask()) == 1
    with time_machine.travel(datetime(2027, 3, 31, 9, tzinfo=UTC), tick=False):
        assert len(ask()) == 1
    with time_machine.travel(datetime(2027, 4, 1, 9, tzinfo=UTC), tick=False):
        assert len(ask()) == 2
    with tenant(cast.north.pk):
        assert list(Reminder.objects.order_by("pk").values_list("quarter", flat=True)) == [
            date(2027, 1, 1),
            date(2027, 4, 1),
        ]


def test_what_was_confirmed_lately_is_left_in_peace(cast, section, ask):
    aged(section, 200)
    confirm(cast.anna, section)
    assert ask() == []
    now = timezone.now()
    aged(section, 200, changed_at=now - timedelta(days=150), confirmed_at=now - timedelta(days=91))
    assert len(ask()) == 1


def test_internal_empty_and_closed_ones_are_not_asked_for(cast, write, section, ask):
    for other in (write("Inside", ("a", "b", True)), write("Empty", ("a", "", False)), section):
        aged(other, 91)
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())
    assert ask() == []

    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(read_only_at=None)
    assert [event.payload["sections"] for event in ask()] == ["Agreements"]


def test_the_quarter_begins_by_the_clock_of_the_agency():
    assert reminders.quarter_of(date(2026, 12, 31)) == date(2026, 10, 1)
    assert reminders.quarter_of(date(2027, 1, 1)) == date(2027, 1, 1)


def test_the_task_does_one_client(cast, section):
    aged(section, 91)
    tasks.remind(cast.north.pk, cast.acme.pk)
    tasks.remind(cast.north.pk, cast.acme.pk)
    with tenant(cast.north.pk):
        assert Event.objects.filter(kind="profile.due").count() == 1


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_sweep_wakes_whoever_is_due(cast, write, monkeypatch):
    woken = []
    monkeypatch.setattr(jobs, "_publish", lambda task, args: woken.append((task.name, args)))
    for title in ("One", "Two"):
        write(title, ("a", "b", False))
    with tenant(cast.north.pk), transaction.atomic():
        Section.objects.update(created_at=timezone.now() - timedelta(days=91))
    woken.clear()

    tasks.ask_to_confirm()

    assert woken == [("portal.profile.tasks.remind", (cast.north.pk, cast.acme.pk))]


# --- What the pages cost ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nora", "anna", "vera"])
def test_pages_cost_the_same_with_one_and_with_three(cast, write, name):
    member, counts = getattr(cast, name), {}
    for rows in (1, 3):
        while len(page(member, cast.acme).context["parts"]) < rows:
            section = write(f"Section {rows}", ("a", "b", False), ("c", "d", True), ("e", "f", False))
            confirm(cast.anna, section)
        for place in ("index", "history"):
            counts.setdefault(place, []).append(len(queries_of(browse_as(member), url(f"profile:{place}", cast.acme))))
    assert counts == QUERIES[name]


QUERIES = {
    "nora": {"index": [11, 11], "history": [6, 6]},
    "anna": {"index": [12, 12], "history": [8, 8]},
    "vera": {"index": [11, 11], "history": [7, 7]},
}


def test_whoever_is_asked_again_finds_the_button(cast, section, ask):
    """Nothing was changed since the last yes; a quarter later it is asked for all the same."""
    confirm(cast.anna, section)
    assert not page(cast.anna, cast.acme).context["parts"][0].may_confirm
    now = timezone.now()
    aged(section, 200, changed_at=now - timedelta(days=150), confirmed_at=now - timedelta(days=91))
    assert len(ask()) == 1

    assert page(cast.anna, cast.acme).context["parts"][0].may_confirm
    confirm(cast.anna, section)
    assert again(section).confirmed_at >= now
    assert not page(cast.anna, cast.acme).context["parts"][0].may_confirm

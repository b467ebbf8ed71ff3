"""Approval and delay hold for corrections too: nobody steps around them by logging first and changing afterwards."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.tenancy.models import Client, Member
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, reload, url
from tests.dashboard.test_waiting import waiting
from worklog.actions import correcting, deciding, explaining, proving
from worklog.models import WorkCorrection, WorkEntry, WorkResult
from worklog.questions import invoiceable

from .conftest import shown_now


@pytest.fixture
def approved(cast, log):
    """Nora's entry, which Olaf has approved and nobody of Acme has looked at."""
    deciding.set_policy(by=cast.olaf, approves=True)
    row = log()
    deciding.approve([row], by=cast.olaf)
    shown_now(reload(row))
    return reload(row)


def test_corrected_by_its_author_it_waits_again(cast, approved):
    correcting.correct(approved, by=cast.nora, minutes=300)

    row = reload(approved)
    assert (row.visible_from, row.approved_at, row.approved_by_id) == (None, None, None)
    assert "Guide" in browse_as(cast.olaf).get(url("my_work:review", cast.north)).content.decode()


def test_corrected_by_an_approver_it_does_not(cast, approved):
    correcting.correct(approved, by=cast.olaf, minutes=30)
    correcting.correct(approved, by=cast.nora, minutes=30)  # nothing changes

    assert reload(approved).approved_at and not reload(approved).is_waiting


def test_a_new_result_waits_too(cast, approved):
    proving.add(approved, by=cast.nora, link="https://docs.example/1")

    assert reload(approved).visible_from is None


def test_what_was_seen_stays_in_sight_and_waits_in_the_managers_list(cast, approved, seen_by):
    seen_by(approved, cast.anna)

    correcting.correct(approved, by=cast.nora, minutes=300)

    row = reload(approved)
    assert row.is_open_to_contacts() and row.is_waiting
    assert "90 → 300 min" in browse_as(cast.anna).get(url("worklog:entry", cast.acme, row.pk)).content.decode()
    with tenant(cast.north.pk):
        assert not invoiceable(WorkEntry.objects.all()).exists()
    assert "Guide" in browse_as(cast.olaf).get(url("my_work:review", cast.north)).content.decode()
    shown_from = row.visible_from
    deciding.approve([row], by=cast.olaf)
    assert (reload(row).is_waiting, reload(row).visible_from) == (False, shown_from)


def test_a_new_result_of_what_was_seen_is_held_back_until_it_is_approved(cast, approved, seen_by):
    """By both walls; the entry stays in sight."""
    seen_by(approved, cast.anna)
    uploads = [SimpleUploadedFile("Held.txt", b"held")]
    held = proving.add(approved, by=cast.nora, link="https://held.example/1", uploads=uploads)
    path = url("worklog:entry", cast.acme, approved.pk)
    download = url("worklog:result", cast.acme, approved.pk, held[1].pk)
    page = lambda who: browse_as(who).get(path).content.decode()  # noqa: E731

    assert "held.example" not in page(cast.anna) and "Held.txt" not in page(cast.anna)
    assert "held.example" not in browse_as(cast.anna).get(url("worklog:index", cast.acme)).content.decode()
    assert browse_as(cast.anna).get(download).status_code == 404
    assert _results(cast.anna) == ([], [])
    assert "held.example" in page(cast.nora) and "waits for approval" in page(cast.nora)

    deciding.approve([approved], by=cast.olaf)

    assert "held.example" in page(cast.anna) and browse_as(cast.anna).get(download).status_code == 200
    assert [len(found) for found in _results(cast.anna)] == [2, 2]
    assert "waits for approval" not in page(cast.nora)


def test_a_result_of_an_approver_is_not_held_back_and_one_that_nobody_saw_goes_without_a_trace(cast, approved, seen_by):
    seen_by(approved, cast.anna)
    proving.add(approved, by=cast.olaf, link="https://shown.example/1")
    held = proving.add(approved, by=cast.nora, link="https://held.example/1")[0]
    seen_by(approved, cast.anna)

    proving.drop(held, by=cast.nora)

    page = browse_as(cast.anna).get(url("worklog:entry", cast.acme, approved.pk)).content.decode()
    assert "shown.example" in page and "held.example" not in page
    with tenant(cast.north.pk):
        assert not WorkCorrection.objects.exists()


def _results(member) -> tuple[list, list]:
    """By the querysets, and by the database alone."""
    with acting_as(member):
        return list(WorkResult.objects.visible_to(member)), list(WorkResult.objects.all())


def test_another_day_is_another_wait_of_the_delay(cast, log):
    deciding.set_delay(cast.acme, by=cast.olaf, delayed=True)
    row = log(day=timezone.localdate() - timedelta(days=20))
    assert row.is_open_to_contacts()

    correcting.correct(row, by=cast.nora, spent_on=timezone.localdate())

    assert reload(row).visible_from > timezone.now() + timedelta(days=9)


def test_manager_is_told_of_the_first_that_waits_and_sees_it_on_the_desk(cast, log):
    deciding.set_policy(by=cast.olaf, approves=True)
    log(text="One"), log(text="Two")

    assert _told(cast) == [("work.waiting", cast.olaf.pk, "Waits for your approval: One")]
    assert ("Time to approve", "2 entries") in waiting(cast.olaf, cast.north)
    assert ("Time to approve", "2 entries") in waiting(cast.olaf, cast.acme)
    assert waiting(cast.nora, cast.north) == []


def test_open_question_lies_on_the_desk_of_whoever_did_the_work(cast, entry):
    found = explaining.ask(entry, "Why?", by=cast.anna)

    assert (entry.text, "Please explain") in waiting(cast.nora, cast.north)
    assert (entry.text, "Please explain") in waiting(cast.nora, cast.acme)
    assert not [pill for _title, pill in waiting(cast.olaf, cast.north) if pill == "Please explain"]
    explaining.answer(found, "So.", by=cast.nora)
    assert waiting(cast.nora, cast.north) == []


def test_answer_lies_on_the_desk_of_the_contacts_until_one_of_them_is_content(cast, entry):
    found = explaining.ask(entry, "Why?", by=cast.anna)
    assert waiting(cast.anna, cast.acme) == []
    explaining.answer(found, "So.", by=cast.nora)

    assert (entry.text, "Answered") in waiting(cast.anna, cast.acme)
    assert not waiting(cast.carl, cast.acme)
    explaining.release(found, by=cast.anna)
    assert waiting(cast.anna, cast.acme) == []


def test_question_about_the_work_of_a_provider_lies_on_its_desk(cast, log):
    row = log(by=cast.pavel, project=cast.shop)
    explaining.ask(row, "Why?", by=cast.anna)

    assert (row.text, "Please explain") in waiting(cast.pavel, cast.acme)


def test_account_manager_answers_for_whoever_has_left(cast, entry):
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(manager=cast.olaf)
        Member.objects.filter(pk=cast.nora.pk).update(ended_at=timezone.now())

    explaining.ask(entry, "Why?", by=cast.anna)

    assert (entry.text, "Please explain") in waiting(cast.olaf, cast.north)


def test_saving_the_rules_shows_nothing_that_a_manager_has_to_look_at_anyway(cast, log):
    row = log(is_doubtful=True)
    for approves in (False, True, False):
        deciding.set_policy(by=cast.olaf, approves=approves)

    assert reload(row).visible_from is None


def _told(cast) -> list[tuple]:
    with tenant(cast.north.pk):
        for pk in Event.objects.filter(delivered_at=None).order_by("pk").values_list("pk", flat=True):
            delivery.deliver(pk)
        rows = Notification.objects.filter(kind="work.waiting").select_related("event").order_by("pk")
        return [(row.kind, row.member_id, row.event.title) for row in rows]


def test_nobody_approves_words_that_were_not_on_the_screen(cast, log):
    """Nora's change from one hour to eight comes between Olaf's look and his click."""
    deciding.set_policy(by=cast.olaf, approves=True)
    short, other = log(60, text="Call"), log(30, text="Offer")
    browser, page = browse_as(cast.olaf), url("my_work:review", cast.north)
    choices = re.findall(r'name="entries" value="([^"]+)"', browser.get(page).content.decode())
    assert len(choices) == 2
    correcting.correct(short, by=cast.nora, minutes=480)

    answer = browser.post(url("my_work:approve", cast.north), {"entries": choices}, follow=True)
    assert "1 entry approved." in answer.content.decode()
    assert "1 entry was changed meanwhile" in answer.content.decode()
    assert (reload(short).is_waiting, reload(other).is_waiting) == (True, False)

    choices = re.findall(r'name="entries" value="([^"]+)"', answer.content.decode())
    answer = browser.post(url("my_work:approve", cast.north), {"entries": choices}, follow=True)
    assert "changed meanwhile" not in answer.content.decode()
    assert not reload(short).is_waiting

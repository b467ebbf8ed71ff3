"""Please explain: the contact asks, the agency answers, the contact or silence releases; until then nothing is invoiced."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from portal.core.business_time import BusinessCalendar, window
from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.notifications.models import Notification
from tests.browse import browse_as, events_of, reload, url
from worklog import questions, tasks
from worklog.actions import correcting, explaining
from worklog.models import Explanation, ExplanationPost, WorkEntry
from worklog.questions import invoiceable

BERLIN = ZoneInfo("Europe/Berlin")


def _invoiceable(cast) -> bool:
    with tenant(cast.north.pk):
        return invoiceable(WorkEntry.objects.filter(client=cast.acme)).exists()


def _post(member, name, entry, text="Why so long?"):
    client = entry.client
    return browse_as(member).post(url(f"worklog:{name}", client, entry.pk), {"text": text}, follow=True)


def _page(member, entry) -> str:
    return browse_as(member).get(url("worklog:entry", entry.client, entry.pk)).content.decode()


def _one(cast) -> Explanation:
    with tenant(cast.north.pk):
        return Explanation.objects.get()


def test_contact_asks_agency_answers_contact_releases(cast, entry):
    assert _invoiceable(cast)
    page = _post(cast.anna, "ask", entry).content.decode()
    assert "please explain" in page and "Why so long?" in page and not _invoiceable(cast)

    page = _page(cast.nora, entry)
    assert "Why so long?" in page and "It is not invoiced before it is answered." in page
    page = _post(cast.nora, "answer", entry, "The wood was wet.").content.decode()
    assert "answered" in page and not _invoiceable(cast)

    assert "The wood was wet." in _page(cast.anna, entry)
    page = _post(cast.anna, "release", entry).content.decode()
    assert "explained" in page and "by Anna" in page and _invoiceable(cast)
    kinds = [kind for kind, _actor in events_of(entry)]
    assert kinds == ["work.logged", "work.questioned", "work.answered", "work.released"]


def test_what_is_coloured_is_never_to_take_a_question_back(cast, entry):
    """Who comes back to see whether there is an answer should not press the one button that withdraws the question."""
    explaining.ask(entry, "Why?", by=cast.anna)
    waiting = _page(cast.anna, entry)
    explaining.answer(_one(cast), "So.", by=cast.nora)
    answered = _page(cast.anna, entry)

    assert (
        "Take the question back" in waiting
        and "btn--primary" not in waiting.split('id="explain"')[1].split("</section>")[0]
    )
    assert "btn--primary" in answered.split("That is fine, release it")[0].split("<form")[-1]


def test_author_sees_in_his_own_lists_that_somebody_asks(cast, entry):
    """The day, the week, all entries and their file: nobody has to look into the client's month for it."""
    explaining.ask(entry, "Why?", by=cast.anna)
    browser = browse_as(cast.nora)

    for name in ("my_day", "my_work:index", "my_work:week", "my_work:entries", "my_work:csv"):
        assert "please explain" in browser.get(url(name, cast.north)).content.decode(), name


def test_both_sides_see_the_state_in_the_month(cast, entry):
    explaining.ask(entry, "Why?", by=cast.anna)

    for member in (cast.anna, cast.nora):
        page = browse_as(member).get(url("worklog:index", cast.acme)).content.decode()
        assert "please explain" in page
        assert "Guide" in browse_as(member).get(url("worklog:index", cast.acme) + "?mark=asked").content.decode()


def test_author_is_told_of_the_question_and_contacts_of_the_answer(cast, entry):
    explaining.answer(explaining.ask(entry, "Why?", by=cast.anna), "So.", by=cast.olaf)
    with tenant(cast.north.pk):
        for event in Event.objects.filter(delivered_at=None):
            delivery.deliver(event.pk)
        told = set(Notification.objects.values_list("kind", "member__user__name"))

    assert ("work.questioned", "Nora Example") in told
    assert ("work.answered", "Anna Example") in told
    assert not any(name.startswith(("Carl", "Bob", "Vera")) for _kind, name in told)


def test_asked_again_it_waits_for_a_new_answer(cast, entry):
    found = explaining.ask(entry, "Why?", by=cast.anna)
    explaining.answer(found, "So.", by=cast.nora)
    explaining.release(found, by=cast.anna)

    explaining.ask(entry, "But why?", by=cast.anna)

    found = _one(cast)
    assert (found.answered_at, found.due_on, found.released_at) == (None, None, None)
    assert not _invoiceable(cast)
    with tenant(cast.north.pk):
        assert ExplanationPost.objects.count() == 3


def test_question_can_be_taken_back(cast, entry):
    found = explaining.ask(entry, "Why?", by=cast.anna)
    explaining.release(found, by=cast.anna)

    assert _invoiceable(cast)
    assert "question taken back" in _page(cast.anna, entry) and "explained" not in _page(cast.anna, entry)


def test_nobody_else_speaks_for_the_client(cast, entry):
    for member in (cast.nora, cast.olaf, cast.carl, cast.bob, cast.pavel, cast.saul):
        with pytest.raises(PermissionDenied):
            explaining.ask(entry, "Why?", by=member)
    found = explaining.ask(entry, "Why?", by=cast.anna)
    for member in (cast.anna, cast.rita, cast.fred, cast.pavel, cast.saul):
        with pytest.raises(PermissionDenied):
            explaining.answer(found, "So.", by=member)
    for member in (cast.nora, cast.carl, cast.bob):
        with pytest.raises(PermissionDenied):
            explaining.release(found, by=member)


def test_invoiced_or_removed_entries_are_asked_about_no_more(cast, log, seen_by):
    row = log()
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=row.pk).update(invoiced_at=row.logged_at)
    with pytest.raises(PermissionDenied):
        explaining.ask(row, "Why?", by=cast.anna)
    assert "Your question" not in _page(cast.anna, row)


def test_question_without_words_is_none(cast, entry):
    page = _post(cast.anna, "ask", entry, "  ").content.decode()

    assert "Please write what you would like to know." in page
    with tenant(cast.north.pk):
        assert not Explanation.objects.exists()


@pytest.mark.parametrize(
    ("answered", "due"),
    [
        (date(2026, 11, 2), date(2026, 11, 10)),  # Monday: Tue Wed Thu Fri Mon, released on Tuesday
        (date(2026, 11, 6), date(2026, 11, 14)),  # Friday
        (date(2026, 11, 7), date(2026, 11, 14)),  # Saturday
        (date(2026, 12, 23), date(2027, 1, 1)),  # Christmas and the day after are no business days here
    ],
)
def test_silence_is_five_business_days(answered, due):
    off = frozenset({date(2026, 12, 25), date(2026, 12, 26)})
    week = {day: [window("09:00", "18:00")] for day in range(5)}
    calendar = BusinessCalendar(zone="Europe/Berlin", week=week, days_off=off)

    assert explaining.silence_ends_on(calendar, answered) == due


def test_an_agency_that_never_works_releases_after_five_days():
    calendar = BusinessCalendar(zone="Europe/Berlin", week={})

    assert explaining.silence_ends_on(calendar, date(2026, 11, 2)) == date(2026, 11, 8)


def test_silence_releases_an_answered_entry_and_no_other(cast, log):
    with time_machine.travel(datetime(2026, 11, 2, 12, tzinfo=BERLIN), tick=False):
        answered, open_one = log(text="Answered"), log(text="Open")
        found = explaining.ask(answered, "Why?", by=cast.anna)
        waiting = explaining.ask(open_one, "Why?", by=cast.anna)
        explaining.answer(found, "So.", by=cast.nora)
    due = reload(found).due_on
    with time_machine.travel(datetime.combine(due, datetime.min.time(), BERLIN) - timedelta(minutes=1), tick=False):
        tasks.release_explained(cast.north.pk, found.pk)
        assert reload(found).released_at is None
    with time_machine.travel(datetime.combine(due, datetime.min.time(), BERLIN) + timedelta(minutes=1), tick=False):
        for row in (found, waiting, found):
            tasks.release_explained(cast.north.pk, row.pk)

    assert reload(found).released_at and reload(found).released_by_id is None
    assert reload(waiting).released_at is None
    assert [kind for kind, _who in events_of(answered)].count("work.released") == 1
    assert "because nobody said anything more" in _page(cast.anna, answered)


def test_what_is_changed_after_the_answer_waits_for_five_days_anew(cast, log):
    """Nora answers for one hour, makes it eight, and hopes for silence."""
    with time_machine.travel(datetime(2026, 11, 2, 12, tzinfo=BERLIN), tick=False):
        row = log(60)
        found = explaining.ask(row, "Why?", by=cast.anna)
        explaining.answer(found, "So.", by=cast.nora)
    with time_machine.travel(datetime(2026, 11, 9, 12, tzinfo=BERLIN), tick=False):
        correcting.correct(row, by=cast.nora, minutes=480)
    with time_machine.travel(datetime(2026, 11, 10, 12, tzinfo=BERLIN), tick=False):
        tasks.release_explained(cast.north.pk, found.pk)
        assert reload(found).released_at is None
    with time_machine.travel(datetime(2026, 11, 17, 12, tzinfo=BERLIN), tick=False):
        tasks.release_explained(cast.north.pk, found.pk)
    assert reload(found).released_at


def test_a_change_before_the_answer_or_after_the_release_begins_no_silence(cast, entry):
    found = explaining.ask(entry, "Why?", by=cast.anna)
    correcting.correct(entry, by=cast.nora, minutes=30)
    assert reload(found).due_on is None
    explaining.release(found, by=cast.anna)
    correcting.correct(entry, by=cast.nora, minutes=20)
    assert reload(found).due_on is None


def test_nobody_releases_what_was_not_on_the_screen(cast, entry):
    """Nora's change from an hour and a half to eight comes between Anna's look and her click."""
    _post(cast.anna, "ask", entry), _post(cast.nora, "answer", entry)
    browser, path = browse_as(cast.anna), url("worklog:release", cast.acme, entry.pk)
    seen = re.search(r'name="seen" value="([^"]+)"', _page(cast.anna, entry))[1]
    correcting.correct(entry, by=cast.nora, minutes=480)

    answer = browser.post(path, {"seen": seen}, follow=True)
    assert "was changed while you were reading" in answer.content.decode() and not _invoiceable(cast)
    seen = re.search(r'name="seen" value="([^"]+)"', answer.content.decode())[1]
    browser.post(path, {"seen": seen})
    assert _invoiceable(cast)


def test_question_that_is_sent_twice_is_one_and_there_is_an_end(cast, entry, monkeypatch):
    browser, path = browse_as(cast.anna), url("worklog:ask", cast.acme, entry.pk)
    for _number in range(2):
        browser.post(path, {"text": "Why?", "form_key": "k"})
    with tenant(cast.north.pk):
        assert ExplanationPost.objects.count() == 1

    monkeypatch.setattr(questions, "MOST_AN_HOUR", 1)
    page = browser.post(path, {"text": "Really?"}, follow=True).content.decode()
    assert "That is a lot of messages." in page
    _post(cast.nora, "answer", entry, "So.")
    monkeypatch.setattr(questions, "MOST_AN_HOUR", 9)
    monkeypatch.setattr(questions, "MOST_POSTS", 2)
    _post(cast.anna, "ask", entry, "But why?")
    with tenant(cast.north.pk):
        assert list(ExplanationPost.objects.values_list("text", flat=True).order_by("pk")) == ["Why?", "So."]
    assert _one(cast).answered_at


def test_silence_counts_from_the_day_by_the_agencys_clock(cast, log):
    """Half past midnight on Tuesday in Berlin is still Monday in UTC."""
    with time_machine.travel(datetime(2026, 11, 3, 0, 30, tzinfo=BERLIN), tick=False):
        found = explaining.answer(explaining.ask(log(), "Why?", by=cast.anna), "So.", by=cast.nora)

    assert found.due_on == date(2026, 11, 11)

"""One entry: results with their hash, the internal note, corrections; edited and removed on its pages."""

import re
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.files.models import File
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, reload, url
from tests.files.makers import picture
from tests.tickets.makers import open_for
from tests.timeline.conftest import post
from worklog.actions import correcting, months, proving
from worklog.models import WorkEntry, WorkNote, WorkResult

__all__ = ["post"]


@pytest.fixture
def words(entry):
    """What a browser sends to edit the entry."""
    return {
        "text": entry.text,
        "kind": "Content creation",
        "spent_on": entry.spent_on.isoformat(),
        "time": "1:30",
        "charge": "billable",
    }


def test_results_are_added_with_their_hash_and_opened_in_place(cast, entry):
    png = picture()
    files = [SimpleUploadedFile("Draft.txt", b"Oak", "text/plain"), SimpleUploadedFile("Shot.png", png, "image/png")]
    sent = {"link": "https://docs.example/1", "text": "**Done**", "title": "", "uploads": files}

    browse_as(cast.nora).post(url("worklog:add_results", cast.acme, entry.pk), sent)

    with tenant(cast.north.pk):
        found = {row.sha256 for row in WorkResult.objects.all()}
        file = WorkResult.objects.get(file__name="Draft.txt")
    contents = (b"https://docs.example/1", b"**Done**", b"Oak", png)
    assert found == {sha256(content).hexdigest() for content in contents}
    page = browse_as(cast.anna).get(url("worklog:entry", cast.acme, entry.pk)).content.decode()
    assert "<strong>Done</strong>" in page and 'href="https://docs.example/1"' in page
    assert "?inline=1" in page and file.sha256[:4] in page
    browser = browse_as(cast.anna)
    preview = browser.get(url("worklog:preview", cast.acme, entry.pk, file.pk), headers={"HX-Request": "true"})
    assert "Oak" in preview.content.decode() and "<html" not in preview.content.decode()
    assert b"".join(browser.get(url("worklog:result", cast.acme, entry.pk, file.pk))) == b"Oak"
    assert browse_as(cast.bob).get(url("worklog:result", cast.acme, entry.pk, file.pk)).status_code == 404


def test_results_of_nothing_and_of_colleagues_are_refused(cast, entry):
    path = url("worklog:add_results", cast.acme, entry.pk)
    answer = browse_as(cast.nora).post(path, {"title": "Only a title"})

    assert answer.status_code == 422 and "Give a link, a text or a file." in answer.content.decode()
    assert browse_as(cast.anna).post(path, {"text": "Mine"}).status_code == 404
    with pytest.raises(PermissionDenied):
        proving.add(entry, by=cast.rita, text="Mine")


def test_result_goes_with_its_file(cast, entry):
    (made,) = proving.add(entry, by=cast.nora, uploads=[SimpleUploadedFile("A.txt", b"A", "text/plain")])

    browse_as(cast.nora).post(url("worklog:drop_result", cast.acme, entry.pk, made.pk))

    with tenant(cast.north.pk):
        assert not WorkResult.objects.exists() and not File.objects.exists()


def test_result_of_a_held_back_activity_waits_with_it(cast, entry, post):
    activity = post()
    proving.add(entry, by=cast.nora, title="Early", link="https://docs.example/2", event=activity.event)

    with acting_as(cast.anna):
        assert not WorkResult.objects.exists()
        assert not WorkResult.objects.visible_to(cast.anna).exists()
    with tenant(cast.north.pk):
        activity.event.visible_from = timezone.now() - timedelta(minutes=1)
        activity.event.save()
    with acting_as(cast.anna):
        assert WorkResult.objects.visible_to(cast.anna).get().title == "Early"


def test_edited_on_its_page_with_note_and_reason(cast, entry, words, seen_by):
    seen_by(entry, cast.anna)
    sent = {**words, "time": "1:00", "charge": "goodwill", "reason": "Lunch was counted in", "note": "He pays late"}

    browse_as(cast.nora).post(url("worklog:edit", cast.acme, entry.pk), sent)

    row = reload(entry)
    assert (row.minutes, row.charge) == (60, "goodwill")
    with tenant(cast.north.pk):
        assert WorkNote.objects.get().text == "He pays late"
    page = browse_as(cast.anna).get(url("worklog:entry", cast.acme, entry.pk)).content.decode()
    assert "90 → 60 min" in page and "Lunch was counted in" in page and "corrected by Nora Example" in page
    assert "pays late" not in page
    assert "He pays late" in browse_as(cast.olaf).get(url("worklog:entry", cast.acme, entry.pk)).content.decode()


def test_clock_times_stay_while_the_duration_does(cast, log, words):
    row = log()
    start = timezone.now().replace(hour=8, minute=0, second=0, microsecond=0)
    with tenant(cast.north.pk):
        times = {"started_at": start, "ended_at": start + timedelta(minutes=90)}
        WorkEntry.objects.filter(pk=row.pk).update(**times)
    browser = browse_as(cast.nora)

    browser.post(url("worklog:edit", cast.acme, row.pk), {**words, "time": "1:15"})
    assert reload(row).ended_at - reload(row).started_at == timedelta(minutes=90)
    browser.post(url("worklog:edit", cast.acme, row.pk), {**words, "time": "2:00"})
    assert (reload(row).minutes, reload(row).started_at) == (120, None)


def test_client_learns_that_other_clock_times_stand_there(cast, log, words, seen_by):
    row = log(day=date(2026, 11, 19))
    start = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=row.pk).update(started_at=start, ended_at=start + timedelta(minutes=90))
    seen_by(row, cast.anna)

    sent = {**words, "spent_on": "2026-11-19", "time": "14-15:30"}
    browse_as(cast.nora).post(url("worklog:edit", cast.acme, row.pk), sent)

    assert reload(row).started_at == start + timedelta(hours=5)
    page = browse_as(cast.anna).get(url("worklog:entry", cast.acme, row.pk)).content.decode()
    assert "from 09:00 → 14:00" in page and "to 10:30 → 15:30" in page
    assert reload(row).changed_at


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"time": "22-2"}, "One entry lies on one day"),
        ({"time": "soon"}, "Give a time such as"),
        ({"spent_on": "1999-01-01"}, "Choose a day"),
    ],
)
def test_what_cannot_be_kept_says_why(cast, entry, words, changed, error):
    answer = browse_as(cast.nora).post(url("worklog:edit", cast.acme, entry.pk), {**words, **changed})

    assert answer.status_code == 422 and error in answer.content.decode()


def test_ticket_that_it_belongs_to_is_named_by_its_key(cast, entry, words):
    with tenant(cast.north.pk):
        ticket = open_for(cast.acme, cast.anna)
        open_for(cast.bolt, cast.bob)
    nora, path = browse_as(cast.nora), url("worklog:edit", cast.acme, entry.pk)
    assert "No ticket of this client" in nora.post(path, {**words, "key": "BOL-1"}).content.decode()

    nora.post(path, {**words, "key": "acm-1"})

    assert (reload(entry).subject_type, reload(entry).subject_id) == ("tickets.ticket", ticket.pk)
    assert 'value="ACM-1"' in nora.get(path).content.decode()
    assert str(ticket) in nora.get(url("worklog:entry", cast.acme, entry.pk)).content.decode()
    nora.post(path, {**words, "key": ""})
    assert reload(entry).subject_id is None


def test_entry_of_a_protocol_stays_its_when_something_else_is_said(cast, entry, words):
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=entry.pk).update(subject_type="protocols.protocol", subject_id=7)

    browse_as(cast.nora).post(url("worklog:edit", cast.acme, entry.pk), {**words, "key": "", "text": "Better"})

    assert (reload(entry).text, reload(entry).subject_id) == ("Better", 7)


def test_removed_on_its_page(cast, entry):
    browse_as(cast.nora).post(url("worklog:remove", cast.acme, entry.pk))

    with tenant(cast.north.pk):
        assert not WorkEntry.objects.exists()


def test_rita_reads_and_changes_nothing(cast, entry, words):
    browser = browse_as(cast.rita)

    assert browser.get(url("worklog:entry", cast.acme, entry.pk)).status_code == 200
    assert browser.post(url("worklog:edit", cast.acme, entry.pk), words).status_code == 403
    assert browser.post(url("worklog:remove", cast.acme, entry.pk)).status_code == 403


@pytest.mark.parametrize("editor", ["nora", "olaf"])
def test_form_that_is_saved_unchanged_changes_nothing(cast, log, words, editor):
    """A break counts, and so does the author's clock: the manager sits in New York."""
    rows, member = [log(75), log(90)], getattr(cast, editor)
    start = timezone.now().replace(hour=8, minute=0, second=0, microsecond=0)
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk__in=[row.pk for row in rows]).update(
            started_at=start, ended_at=start + timedelta(minutes=90)
        )
    if editor == "olaf":
        type(member.user).objects.filter(pk=member.user.pk).update(time_zone="America/New_York")
    browser = browse_as(member)

    for entry in rows:
        path = url("worklog:edit", cast.acme, entry.pk)
        browser.post(path, {**words, "time": _time_of(browser, path), "text": "Said better"})

    found = [(row.text, row.minutes, row.started_at) for row in map(reload, rows)]
    assert found == [("Said better", 75, start), ("Said better", 90, start)]


def test_times_go_along_to_another_day(cast, log, words):
    row = log(75, day=date(2026, 11, 17))
    start = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=row.pk).update(started_at=start, ended_at=start + timedelta(minutes=90))

    path = url("worklog:edit", cast.acme, row.pk)
    browse_as(cast.nora).post(path, {**words, "time": "1:15", "spent_on": "2026-11-18"})

    row = reload(row)
    assert (row.minutes, row.started_at) == (75, start + timedelta(days=1))


def test_result_that_is_sent_twice_is_one(cast, entry):
    browser, path = browse_as(cast.nora), url("worklog:add_results", cast.acme, entry.pk)
    for _number in range(2):
        browser.post(path, {"link": "https://docs.example/1", "form_key": "k"})

    with tenant(cast.north.pk):
        assert WorkResult.objects.count() == 1


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_closing_of_a_month_is_not_outrun(cast, log):
    """Whoever adds or changes something while the month is being closed waits, and is then too late."""
    with transaction.atomic():
        row = log(day=date(2026, 10, 5))

    def late(change, **words):
        try:
            change(row, by=cast.nora, **words)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(3) as pool:
        with transaction.atomic():
            months.close(cast.acme, row.spent_on, by=cast.olaf)
            waiting = [
                pool.submit(late, proving.add, link="https://docs.example/1"),
                pool.submit(late, correcting.correct, spent_on=date(2026, 11, 2)),
                pool.submit(late, correcting.renote, text="Late"),
            ]
            assert not wait(waiting, timeout=0.5).done
        for job in waiting:
            with pytest.raises(months.MonthClosed):
                job.result()


@pytest.mark.parametrize(("start", "end", "minutes"), [("00:50", "01:10", 20), ("00:30", "01:30", 60)])
def test_entry_of_the_hour_that_the_clocks_show_twice_can_be_edited(cast, log, words, start, end, minutes):
    """Its times read backwards on the wall: 02:50 to 02:10, and 02:30 to 02:30."""
    day = date(2026, 10, 25)
    span = [datetime.fromisoformat(f"2026-10-25T{time}+00:00") for time in (start, end)]
    row = log(minutes, day=day)
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=row.pk).update(started_at=span[0], ended_at=span[1])
    path = url("worklog:edit", cast.acme, row.pk)

    browser = browse_as(cast.nora)
    sent = {**words, "spent_on": day.isoformat(), "time": _time_of(browser, path), "text": "Night shift"}
    assert browser.post(path, sent).status_code == 302

    row = reload(row)
    assert (row.text, row.minutes, [row.started_at, row.ended_at]) == ("Night shift", minutes, span)
    assert browser.post(path, sent | {"spent_on": "2026-10-26"}).status_code == 302
    row = reload(row)
    assert (row.spent_on, row.minutes) == (date(2026, 10, 26), minutes)


def _time_of(browser, path) -> str:
    """What stands in the field of the time."""
    return re.search(r'name="time"[^>]*value="([^"]*)"', browser.get(path).content.decode())[1]

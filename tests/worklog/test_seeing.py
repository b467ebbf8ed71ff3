"""What somebody of the client has seen is corrected in the open, however it was seen; evidence does not vanish."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.core.context import tenant
from portal.files.models import File
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, reload, url
from tests.timeline.conftest import post
from timeline.actions import posting
from worklog.actions import correcting, explaining, looking, proving
from worklog.models import WorkCorrection, WorkEntry, WorkLook, WorkResult, WorkStatement

__all__ = ["post"]


@pytest.mark.parametrize("name", ["entry", "csv", "index"])
def test_entry_page_and_export_count_as_a_look(cast, entry, name):
    args = [entry.pk] if name == "entry" else []
    assert browse_as(cast.olaf).get(url(f"worklog:{name}", cast.acme, *args)).status_code == 200
    assert not _was_seen(entry)

    browse_as(cast.anna).get(url(f"worklog:{name}", cast.acme, *args))

    assert _was_seen(entry)


@pytest.mark.parametrize("name", ["tickets:project", "client_home"])
def test_a_sum_of_minutes_counts_as_a_look(cast, log, name):
    """Whoever saw that it was 90 minutes is told that it was 60."""
    row = log(project=cast.shop)
    args = [cast.shop.slug] if name == "tickets:project" else []

    page = browse_as(cast.anna).get(url(name, cast.acme, *args)).content.decode()

    assert "1:30" in page
    assert _was_seen(row)


def test_search_counts_as_a_look(cast, entry):
    browse_as(cast.anna).get(url("search:index", cast.north), {"q": "mahogany"})
    assert not _was_seen(entry)

    browse_as(cast.anna).get(url("search:index", cast.north), {"q": "guide"})

    assert _was_seen(entry)


def test_statement_and_question_count_too(cast, log):
    stated, asked, other = log(text="Stated"), log(text="Asked"), log(text="Other")
    explaining.ask(asked, "Why?", by=cast.anna)
    assert not _was_seen(other) and _was_seen(asked)
    with tenant(cast.north.pk):
        words = {"client": cast.acme, "area": "work", "name": "a.pdf", "media_type": "application/pdf", "size": 1}
        file = File.objects.create(agency=cast.north, sha256="0" * 64, **words)
        WorkStatement.objects.create(agency=cast.north, client=cast.acme, month=stated.month, file=file)

    assert _was_seen(stated)
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=asked.pk).update(visible_from=None)
    assert not correcting.remove(reload(asked), by=cast.olaf)
    assert reload(asked).minutes == 0


def test_what_came_within_a_minute_is_seen_with_the_second_look(cast, log, seen_by):
    seen_by(log(), cast.anna)
    with tenant(cast.north.pk):
        WorkLook.objects.update(seen_at=timezone.now() - timedelta(seconds=30))
    row = log(text="Fresh")
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=row.pk).update(visible_from=timezone.now() - timedelta(seconds=10))
    row = reload(row)
    assert not _was_seen(row)

    with acting_as(cast.anna):
        looking.look(cast.anna, cast.acme)

    assert _was_seen(row)


def test_results_of_a_held_back_activity_go_with_it(cast, entry, post):
    activity = post()
    files = [SimpleUploadedFile("A.txt", b"A", "text/plain")]
    proving.add(entry, by=cast.nora, link="https://docs.example/1", event=activity.event, uploads=files)

    assert posting.take_back(activity, by=cast.nora)

    with tenant(cast.north.pk):
        assert not WorkResult.objects.exists() and not File.objects.exists()
    assert "docs.example" not in browse_as(cast.anna).get(url("worklog:entry", cast.acme, entry.pk)).content.decode()


def test_results_that_were_seen_stay_when_the_activity_is_taken_back(cast, entry, post):
    activity = post()
    files = [SimpleUploadedFile("A.txt", b"A", "text/plain")]
    (made,) = proving.add(entry, by=cast.nora, event=activity.event, uploads=files)
    with tenant(cast.north.pk):
        activity.event.visible_from = timezone.now() - timedelta(minutes=1)
        activity.event.save()

    assert not posting.take_back(activity, by=cast.nora)

    answer = browse_as(cast.anna).get(url("worklog:result", cast.acme, entry.pk, made.pk))
    assert b"".join(answer) == b"A"


def test_dropped_result_that_was_seen_leaves_its_hash(cast, entry, seen_by):
    seen, late = SimpleUploadedFile("Seen.txt", b"A", "text/plain"), SimpleUploadedFile("Late.txt", b"B", "text/plain")
    (known,) = proving.add(entry, by=cast.nora, uploads=[seen])
    seen_by(entry, cast.anna)
    (unknown,) = proving.add(entry, by=cast.nora, uploads=[late])

    for row in (known, unknown):
        browse_as(cast.nora).post(url("worklog:drop_result", cast.acme, entry.pk, row.pk))

    with tenant(cast.north.pk):
        trace = WorkCorrection.objects.get()
        assert not File.objects.exists()
    assert known.sha256 in trace.old["result"] and not trace.is_internal
    page = browse_as(cast.anna).get(url("worklog:entry", cast.acme, entry.pk)).content.decode()
    assert "Seen.txt" in page and known.sha256 in page and "Late.txt" not in page
    assert known.sha256 in browse_as(cast.anna).get(url("worklog:index", cast.acme)).content.decode()


def test_removed_before_anybody_saw_it_takes_its_files_along(cast, entry):
    proving.add(entry, by=cast.nora, uploads=[SimpleUploadedFile("A.txt", b"A", "text/plain")])

    assert correcting.remove(entry, by=cast.nora)

    with tenant(cast.north.pk):
        assert not File.objects.exists()


def _was_seen(entry) -> bool:
    with tenant(entry.agency_id):
        return looking.was_seen(reload(entry))

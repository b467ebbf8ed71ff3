"""Activities: who posts them, what they say, how they are changed and taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.events.models import Event, Revision
from portal.files.models import File
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, events_of, reload, url
from tests.files.makers import picture
from timeline.actions import posting
from timeline.models import Activity, ActivityKind


@pytest.fixture
def words(cast):
    """What a browser sends."""
    return {
        "kind": "Content published",
        "title": "Guide: which wood for which room",
        "text": "On the **blog**",
        "link": "https://acme.example/wood",
        "happened_at": (timezone.localtime() - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        "project": str(cast.shop.pk),
    }


def test_specialist_posts_work_and_sees_the_day_of_the_client(cast, words, days_pass):
    browser = browse_as(cast.nora)
    files = [SimpleUploadedFile("Look.png", picture(), "image/png"), SimpleUploadedFile("Notes.txt", b"Oak")]

    response = browser.post(url("timeline:create", cast.acme), {**words, "uploads": files}, follow=True)

    row = _one(cast)
    assert events_of(row) == [("activity.posted", cast.nora.pk)]
    assert (row.kind.name, row.project, row.event.project) == ("Content published", cast.shop, cast.shop)
    assert row.event.visible_from - row.event.happened_at == timedelta(days=10)
    page = response.content.decode()
    assert "Acme sees it on" in page
    assert "Client sees it on" in page
    entry = browser.get(url("timeline:entry", cast.acme, row.event_id)).content.decode()
    assert "<strong>blog</strong>" in entry
    assert 'href="https://acme.example/wood"' in entry
    assert "Look.png" in entry


def test_what_was_sent_twice_stands_there_once(cast, words):
    browser, path = browse_as(cast.nora), url("timeline:create", cast.acme)
    assert browser.get(path).content.decode().count('name="form_key"') == 1

    answers = [browser.post(path, {**words, "form_key": "pressed-twice"}).status_code for _twice in range(2)]

    assert answers == [302, 302]
    assert _one(cast).title == words["title"]


def test_usual_kinds_become_the_agencys_own_with_the_first_activity(cast, post):
    assert posting.kind_names(cast.north)[0] == "Backlink built"
    with tenant(cast.north.pk):
        assert not ActivityKind.objects.exists()

    post()

    with tenant(cast.north.pk):
        ActivityKind.objects.filter(name="Design made").update(retired_at=timezone.now())
        assert "Design made" not in posting.kind_names(cast.north)
        assert len(posting.kind_names(cast.north)) == 6


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "required"),
        ("link", "javascript:alert(1)", "valid URL"),
        ("happened_at", "2099-01-01T10:00", "has passed"),
        ("kind", "Party", "Select a valid choice"),
    ],
)
def test_form_says_what_it_needs(cast, words, field, value, said):
    response = browse_as(cast.nora).post(url("timeline:create", cast.acme), {**words, field: value})

    assert response.status_code == 422
    assert said in response.content.decode()


def test_refused_file_is_said_at_its_field_and_nothing_is_posted(cast, words):
    upload = SimpleUploadedFile("run.exe", b"MZ\x90")

    response = browse_as(cast.nora).post(url("timeline:create", cast.acme), {**words, "uploads": [upload]})

    assert response.status_code == 422
    assert "uploads" in response.context["form"].errors
    with tenant(cast.north.pk):
        assert not Activity.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("anna", 403), ("rita", 403), ("pavel", 200), ("bob", 404), ("carl", 404)])
def test_who_may_post(cast, who, status):
    assert browse_as(getattr(cast, who)).get(url("timeline:create", cast.acme)).status_code == status


def test_vendor_posts_in_shared_projects_alone_and_sees_it_at_once(cast, words, post):
    browser = browse_as(cast.vera)
    path = url("timeline:create", cast.acme)
    assert browser.post(path, {**words, "project": str(cast.blog.pk)}).status_code == 422
    assert browser.post(path, {**words, "project": ""}).status_code == 422

    page = browser.post(path, words, follow=True).content.decode()

    assert words["title"] in page
    assert words["title"] not in browse_as(cast.pavel).get(url("timeline:index", cast.acme)).content.decode()
    with pytest.raises(PermissionDenied):
        post(by=cast.vera, project=cast.blog)


def test_vendor_edits_only_what_is_his_own(cast, post, days_pass):
    mine, other = post("Mine", by=cast.vera, project=cast.shop), post("By Nora", project=cast.shop)
    days_pass(10)
    browser = browse_as(cast.vera)

    assert browser.get(url("timeline:edit", cast.acme, mine.pk)).status_code == 200
    assert browser.get(url("timeline:edit", cast.acme, other.pk)).status_code == 403
    assert browser.post(url("timeline:take_back", cast.acme, other.pk)).status_code == 403


def test_work_of_long_ago_that_is_written_down_now_appears_now(cast, post, days_pass):
    row = post(happened_at=timezone.now() - timedelta(days=40))

    assert timezone.now() - row.event.visible_from < timedelta(minutes=1)
    assert timezone.now() >= row.event.visible_from


def test_change_before_its_day_leaves_no_trace_for_outsiders(cast, activity, days_pass):
    _edit(cast, activity, title="Four links from magazines")
    days_pass(10)

    page = browse_as(cast.anna).get(url("timeline:entry", cast.acme, activity.event_id)).content.decode()

    assert "Four links" in page
    assert "Three" not in page
    assert "Three" in browse_as(cast.nora).get(url("timeline:entry", cast.acme, activity.event_id)).content.decode()


def test_change_after_its_day_shows_old_and_new(cast, activity, days_pass):
    days_pass(10)
    _edit(cast, activity, title="Four links from magazines", text="15 editors asked")
    days_pass(0)

    page = browse_as(cast.anna).get(url("timeline:entry", cast.acme, activity.event_id)).content.decode()

    assert "<del>Three</del> <ins>Four</ins> links" in page
    assert "<del>14</del> <ins>15</ins> editors asked" in page


def test_two_who_edit_at_once_do_not_overwrite_each_other(cast, activity, words):
    path = url("timeline:edit", cast.acme, activity.pk)
    version = browse_as(cast.nora).get(path).context["form"]["version"].value()
    _edit(cast, activity, title="By Olaf")

    response = browse_as(cast.nora).post(path, {**words, "version": version})

    assert response.status_code == 422
    assert "Somebody changed this entry" in response.content.decode()
    assert reload(activity).title == "By Olaf"


def test_files_come_and_go(cast, post):
    row = post(uploads=[SimpleUploadedFile("Old.txt", b"Old")])
    with tenant(cast.north.pk):
        link = row.files.get()
    path = url("timeline:edit", cast.acme, row.pk)
    browser = browse_as(cast.nora)
    sent = {
        "kind": "Backlink built",
        "title": row.title,
        "happened_at": timezone.localtime(row.event.happened_at).strftime("%Y-%m-%dT%H:%M"),
        "dropped": [link.pk],
        "uploads": [SimpleUploadedFile("New.txt", b"New")],
    }

    assert browser.post(path, sent).status_code == 302

    with tenant(cast.north.pk):
        assert [file.name for file in File.objects.filter(event=row.event_id)] == ["New.txt"]
        assert Revision.objects.get().old["files"] == ["Old.txt"]


def test_what_nobody_saw_is_deleted_and_the_audit_log_knows(cast, post):
    row = post(uploads=[SimpleUploadedFile("Old.txt", b"Old")])

    response = browse_as(cast.nora).post(url("timeline:take_back", cast.acme, row.pk), follow=True)

    assert "Nobody outside the agency had seen it" in response.content.decode()
    with tenant(cast.north.pk):
        assert not Activity.objects.exists()
        assert not Event.objects.filter(kind="activity.posted").exists()
        assert not File.objects.exists()
        assert AuditEvent.objects.filter(tab="timeline_activity", kind="delete").exists()


@pytest.mark.parametrize("days", [0, 11])
def test_taking_back_that_was_sent_twice_ends_on_the_timeline(cast, activity, days_pass, days):
    browser, path = browse_as(cast.nora), url("timeline:take_back", cast.acme, activity.pk)
    days_pass(days)
    page = browser.get(url("timeline:edit", cast.acme, activity.pk)).content.decode()
    assert page.count('name="form_key"') == 1

    for _twice in range(2):
        assert browser.post(path, {"form_key": "pressed-twice"}).url == url("timeline:index", cast.acme)


def test_what_the_client_saw_stays_as_a_line_that_is_struck_out(cast, post, days_pass):
    row = post(uploads=[SimpleUploadedFile("Old.txt", b"Old")])
    days_pass(10)
    browser = browse_as(cast.anna)
    with tenant(cast.north.pk):
        link = row.files.get()
    download = url("timeline:download", cast.acme, row.pk, link.pk)
    assert browser.get(download).status_code == 200

    browse_as(cast.nora).post(url("timeline:take_back", cast.acme, row.pk))
    days_pass(0)

    assert f"<del>{row.title}</del>" in browser.get(url("timeline:index", cast.acme)).content.decode()
    entry = browser.get(url("timeline:entry", cast.acme, row.event_id)).content.decode()
    assert "This was taken back" in entry
    assert "14 editors" not in entry
    assert browser.get(download).status_code == 404
    assert browse_as(cast.nora).get(url("timeline:edit", cast.acme, row.pk)).status_code == 403


def test_what_was_taken_back_is_not_told_by_its_changes_either(cast, post, days_pass):
    row = post(link="https://secret.example/", uploads=[SimpleUploadedFile("Old.txt", b"Old")])
    days_pass(10)
    with tenant(cast.north.pk):
        links = list(row.files.all())
    _edit(cast, row, title="Four links", text="15 asked", dropped=links)
    days_pass(0)
    entry = url("timeline:entry", cast.acme, row.event_id)
    assert "secret.example" in browse_as(cast.anna).get(entry).content.decode()

    browse_as(cast.nora).post(url("timeline:take_back", cast.acme, row.pk))
    days_pass(0)

    page = browse_as(cast.anna).get(entry).content.decode()
    for words in ("editors", "secret.example", "Old.txt", "15 asked"):
        assert words not in page
    with acting_as(cast.anna):
        assert [set(revision.old) for revision in Revision.objects.all()] == [{"taken_back"}]
    assert "secret.example" in browse_as(cast.nora).get(entry).content.decode()


def _edit(cast, row, **words):
    fields = {"kind": "Backlink built", "happened_at": row.event.happened_at, "title": row.title, "text": row.text}
    with tenant(cast.north.pk):
        posting.edit(row, by=cast.olaf, **{**fields, "link": "", **words})


def _one(cast) -> Activity:
    with tenant(cast.north.pk):
        return Activity.objects.select_related("kind", "project", "event__project").get()

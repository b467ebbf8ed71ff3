"""Writing protocols: at once, as a draft, together; and what is refused."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.context import tenant
from portal.events.models import Event
from portal.notifications import actions as notifications
from portal.notifications.models import Notification
from portal.tenancy.models import Client, Project, ProjectAccess
from protocols.models import ActionItem, Protocol, ProtocolFile
from tests.browse import browse_as, events_of, reload, url


def test_specialist_publishes_at_once(nora, acme, words):
    paper = SimpleUploadedFile("times.txt", b"six to nine days")

    response = browse_as(nora).post(url("protocols:create", acme), {**words, "uploads": [paper]})

    protocol = _only(acme)
    assert response.status_code == 302
    assert response.url == url("protocols:detail", acme, protocol.number)
    assert (protocol.title, protocol.number, protocol.author_id) == ("Delivery times", 1, nora.pk)
    assert protocol.is_published
    assert events_of(protocol) == [("protocol.published", nora.pk)]
    with tenant(acme.agency_id):
        assert [link.file.name for link in ProtocolFile.objects.of(protocol)] == ["times.txt"]


def test_contact_writes_a_protocol_too(anna, acme, words, cast):
    browse_as(anna).post(url("protocols:create", acme), words)

    protocol = _only(acme)
    assert protocol.side == "client"
    assert browse_as(cast.nora).get(url("protocols:detail", acme, protocol.number)).status_code == 200


def test_draft_waits_until_it_is_published(nora, acme, words):
    browser = browse_as(nora)
    browser.post(url("protocols:create", acme), {**words, "draft": ""})
    draft = _only(acme)
    assert not draft.is_published
    assert events_of(draft) == []

    browser.post(url("protocols:publish", acme, draft.number))
    browser.post(url("protocols:publish", acme, draft.number))

    assert reload(draft).is_published
    assert events_of(draft) == [("protocol.published", nora.pk)]


def test_vendor_writes_only_for_a_shared_project(vera, acme, words, shop, blog):
    browser, path = browse_as(vera), url("protocols:create", acme)

    for project in ("", blog.pk, "nonsense"):
        assert browser.post(path, {**words, "project": project}).status_code == 422
    assert browser.post(path, {**words, "project": shop.pk}).status_code == 302
    assert _only(acme).project_id == shop.pk


def test_vendor_who_may_only_look_writes_nothing(cast, write, words):
    protocol = write(project=cast.shop)
    with tenant(cast.north.pk):
        ProjectAccess.objects.filter(vendor=cast.supplier).update(level="view")
    browser = browse_as(cast.vera)

    assert browser.get(url("protocols:create", cast.acme)).status_code == 403
    answer = browser.post(url("protocols:comment", cast.acme, protocol.number), {"text": "Hi"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("title", "nul \x00 inside"),
        ("held_at", "yesterday"),
        ("held_at", "1066-10-14T09:00"),
        ("held_at", "9999-12-31T23:59"),
        ("duration_minutes", "-5"),
        ("duration_minutes", "99999999999"),
        ("kind", "party"),
        ("key_points", "x" * 100_001),
    ],
)
def test_bad_input_is_named_at_the_field_and_kept(nora, acme, words, field, value):
    response = browse_as(nora).post(url("protocols:create", acme), {**words, field: value})

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Six to nine days" in response.content.decode() or field == "key_points"
    with tenant(acme.agency_id):
        assert not Protocol.objects.exists()


def test_refused_file_saves_nothing(nora, acme, words):
    virus = SimpleUploadedFile("run.exe", b"MZ\x90\x00" + b"\x00" * 200)

    response = browse_as(nora).post(url("protocols:create", acme), {**words, "uploads": [virus]})

    assert response.status_code == 422
    assert "uploads" in response.context["form"].errors
    assert "Delivery times" in response.content.decode()
    with tenant(acme.agency_id):
        assert not Protocol.objects.exists()
        assert not Event.objects.exists()


def test_second_save_shows_both_and_loses_nothing(cast, protocol, words):
    path = url("protocols:edit", cast.acme, protocol.number)
    version = protocol.edited_at.isoformat()
    browse_as(cast.nora).post(path, {**words, "version": version, "key_points": "What Nora wrote"})

    response = browse_as(cast.olaf).post(path, {**words, "version": version, "key_points": "What Olaf wrote"})

    assert response.status_code == 409
    page = response.content.decode()
    assert "<del>Nora</del> <ins>Olaf</ins> wrote" in page.replace("</del><ins>", "</del> <ins>")
    assert "What Olaf wrote" in page
    assert reload(protocol).key_points == "What Nora wrote"

    typed = {name: response.context["form"][name].value() for name in words if name != "publish"}
    assert (typed["title"], typed["held_at"], typed["place"]) == (words["title"], words["held_at"], words["place"])
    merged = {**typed, "version": response.context["form"]["version"].value(), "key_points": "Both"}
    assert browse_as(cast.olaf).post(path, merged).status_code == 302
    assert reload(protocol).key_points == "Both"


def test_edit_page_brings_what_stands(nora, acme, protocol):
    page = browse_as(nora).get(url("protocols:edit", acme, protocol.number))

    assert "**Go** for oak" in page.content.decode()
    assert page.context["form"]["version"].value() == protocol.edited_at.isoformat()


def test_contact_may_not_edit_what_the_agency_wrote(anna, acme, protocol, words):
    browser, path = browse_as(anna), url("protocols:edit", acme, protocol.number)

    assert browser.get(path).status_code == 403
    assert browser.post(path, words).status_code == 403


def test_who_only_reads_changes_nothing(rita, acme, protocol, words):
    browser = browse_as(rita)

    assert browser.get(url("protocols:detail", acme, protocol.number)).status_code == 200
    assert browser.get(url("protocols:create", acme)).status_code == 403
    assert browser.post(url("protocols:create", acme), words).status_code == 403
    for name in ("edit", "publish", "comment", "attach"):
        assert browser.post(url(f"protocols:{name}", acme, protocol.number), words).status_code == 403


def test_closed_client_is_read_only(nora, anna, acme, protocol, words):
    with tenant(acme.agency_id):
        Client.objects.filter(pk=acme.pk).update(read_only_at=protocol.created_at)

    for member in (nora, anna):
        browser = browse_as(member)
        assert browser.get(url("protocols:detail", acme, protocol.number)).status_code == 200
        assert browser.post(url("protocols:create", acme), words).status_code == 403
        assert browser.post(url("protocols:comment", acme, protocol.number), {"text": "Hi"}).status_code == 403


def test_writing_pages_answer_to_post_only(nora, acme, protocol):
    browser = browse_as(nora)

    for name in ("publish", "comment", "attach"):
        assert browser.get(url(f"protocols:{name}", acme, protocol.number)).status_code == 405
    assert browser.put(url("protocols:create", acme)).status_code == 405


def test_an_edited_protocol_stays_in_its_project_after_that_has_ended(cast, write):
    protocol = write(project=cast.shop)
    with tenant(cast.north.pk):
        Project.objects.filter(pk=cast.shop.pk).update(archived_at=protocol.created_at)
    page = browse_as(cast.nora).get(url("protocols:edit", cast.acme, protocol.number)).content.decode()
    assert f'<option value="{cast.shop.pk}" selected>Shop</option>' in page


def test_numbers_count_per_client(cast, write):
    write("Hidden draft of a contact", by=cast.anna, publish=False)

    assert write(by=cast.nora).number == 2
    assert write(client=cast.bolt).number == 1


def test_files_follow_the_protocol_into_its_project(cast, write, words):
    protocol = write(uploads=[SimpleUploadedFile("plan.txt", b"plan")])
    path = url("protocols:edit", cast.acme, protocol.number)

    browse_as(cast.nora).post(path, {**words, "project": cast.shop.pk, "version": protocol.edited_at.isoformat()})

    with tenant(cast.north.pk):
        link = ProtocolFile.objects.of(protocol).select_related("file").get()
    assert link.file.project_id == cast.shop.pk
    download = url("protocols:download", cast.acme, protocol.number, link.pk)
    assert browse_as(cast.vera).get(download).status_code == 200


def test_what_was_told_follows_the_protocol_into_its_project(cast, write, words, time_machine):
    """A protocol that lay in a shared project by mistake: its vendor keeps neither its title nor its action items."""
    text = "@vera fri look at the secret plan\n@nora mon call them"
    protocol = write("Part ways with the supplier", project=cast.shop, key_points=text)
    with tenant(cast.north.pk):
        for event in Event.objects.all():
            notifications.tell(event)
        assert Notification.objects.filter(member=cast.vera).exists(), "it was told at first"
        ActionItem.objects.update(assignee=cast.vera)
    path = url("protocols:edit", cast.acme, protocol.number)
    sent = {**words, "title": protocol.title, "key_points": text, "version": protocol.edited_at.isoformat()}

    assert browse_as(cast.nora).post(path, {**sent, "project": cast.blog.pk}).status_code == 302

    time_machine.move_to(protocol.published_at + timedelta(days=20))
    browser = browse_as(cast.vera)
    pages = [url("notifications:index", cast.north), url("home", cast.north), url("shared_project", cast.acme, "shop")]
    for page in pages:
        said = browser.get(page)
        assert said.status_code == 200
        assert "Part ways" not in said.content.decode() and "call them" not in said.content.decode(), page
    with tenant(cast.north.pk):
        assert not Notification.objects.open_to(cast.vera).exists(), "and no mail about it leaves any more"
        assert not Event.objects.visible_to(cast.vera).exists()
        assert {item.project_id for item in ActionItem.objects.all()} == {cast.blog.pk}


def test_the_author_of_the_client_takes_everything_along_too(cast, write, words):
    """Whoever moves it need not see what others were told."""
    protocol = write("Ours", by=cast.anna, project=cast.shop)
    with tenant(cast.north.pk):
        notifications.tell(Event.objects.get(kind="protocol.published"))
    path = url("protocols:edit", cast.acme, protocol.number)

    browse_as(cast.anna).post(path, {**words, "project": "", "version": protocol.edited_at.isoformat()})

    with tenant(cast.north.pk):
        assert not Notification.objects.open_to(cast.vera).exists()
        assert not Event.objects.filter(project=cast.shop).exists()


def _only(client) -> Protocol:
    with tenant(client.agency_id):
        return Protocol.objects.of(client).get()

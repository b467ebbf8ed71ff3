"""Comments and documents that come after the meeting."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.context import tenant
from portal.events.models import Event
from portal.files.models import File
from portal.tenancy.scope import acting_as
from protocols import actions
from protocols.models import Comment, ProtocolFile
from tests.browse import browse_as, events_of, url
from tests.counting import queries_of
from tests.notifications.conftest import deliver, mails_to

__all__ = ["deliver"]


def test_contact_corrects_what_was_written(anna, acme, protocol):
    path = url("protocols:comment", acme, protocol.number)
    sheet = SimpleUploadedFile("islands.csv", b"island,days\nSylt,9\n")

    response = browse_as(anna).post(path, {"text": "It was **27** November", "uploads": [sheet]})

    said = _comments(protocol)[0]
    assert response.url == f"{url('protocols:detail', acme, protocol.number)}#comment-{said.pk}"
    assert events_of(protocol)[-1] == ("protocol.commented", anna.pk)
    page = browse_as(anna).get(response.url).content.decode()
    assert "<strong>27</strong> November" in page
    assert "islands.csv" in page


def test_file_alone_is_a_comment(anna, acme, protocol):
    paper = SimpleUploadedFile("note.txt", b"hello")

    browse_as(anna).post(url("protocols:comment", acme, protocol.number), {"text": "", "uploads": [paper]})

    assert len(_comments(protocol)) == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001, "nul \x00"])
def test_bad_comment_is_named_and_kept(anna, acme, protocol, text):
    response = browse_as(anna).post(url("protocols:comment", acme, protocol.number), {"text": text})

    assert response.status_code == 422
    assert "text" in response.context["comment_form"].errors
    assert _comments(protocol) == []


def test_nobody_comments_on_a_draft(nora, acme, write):
    draft = write(publish=False)

    assert browse_as(nora).post(url("protocols:comment", acme, draft.number), {"text": "Hi"}).status_code == 403


def test_markup_of_a_comment_is_harmless(anna, acme, protocol):
    text = "<script>alert(1)</script> [x](javascript:alert(1)) ![spy](https://spy.example/x.png)"

    browse_as(anna).post(url("protocols:comment", acme, protocol.number), {"text": text})

    page = browse_as(anna).get(url("protocols:detail", acme, protocol.number)).content.decode()
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert 'src="https://spy.example' not in page


def test_contact_adds_documents_later(anna, acme, protocol):
    paper = SimpleUploadedFile("photos.txt", b"38 photos")

    response = browse_as(anna).post(url("protocols:attach", acme, protocol.number), {"uploads": [paper]})

    assert response.status_code == 302
    assert events_of(protocol)[-1] == ("protocol.extended", anna.pk)
    assert browse_as(anna).post(url("protocols:attach", acme, protocol.number), {}).status_code == 422


def test_document_is_opened_by_readers_only(cast, write):
    protocol = write(uploads=[SimpleUploadedFile("plan.txt", b"the plan")])
    link = _links(protocol)[0]
    download = url("protocols:download", cast.acme, protocol.number, link.pk)
    preview = url("protocols:preview", cast.acme, protocol.number, link.pk)

    answer = browse_as(cast.anna).get(download)
    assert b"".join(answer.streaming_content) == b"the plan"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "the plan" in browse_as(cast.anna).get(preview).content.decode()
    for who in ("bob", "carl", "vera", "saul"):
        assert browse_as(getattr(cast, who)).get(download).status_code == 404
        assert browse_as(getattr(cast, who)).get(preview).status_code == 404


def test_document_of_another_protocol_is_not_found(cast, write):
    with_file = write(uploads=[SimpleUploadedFile("plan.txt", b"the plan")])
    other = write()
    link = _links(with_file)[0]

    assert browse_as(cast.anna).get(url("protocols:download", cast.acme, other.number, link.pk)).status_code == 404


def test_second_wall_hides_comments_with_their_protocol(cast, write):
    protocol = write(uploads=[SimpleUploadedFile("plan.txt", b"the plan")])
    with tenant(cast.north.pk):
        actions.comment(protocol, by=cast.nora, text="For Acme")

    with acting_as(cast.bob):
        assert not Comment.objects.exists()
        assert not ProtocolFile.objects.exists()
        assert not File.objects.exists()
    with acting_as(cast.anna):
        assert Comment.objects.count() == 1
        assert ProtocolFile.objects.count() == 1


def test_thread_of_three_asks_as_much_as_one(anna, acme, protocol):
    browser, path = browse_as(anna), url("protocols:detail", acme, protocol.number)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            paper = SimpleUploadedFile("note.txt", b"hello")
            browser.post(url("protocols:comment", acme, protocol.number), {"text": "More", "uploads": [paper]})
        counts.append(len(queries_of(browser, path)))

    assert counts[0] == counts[1] <= 12


def _comments(protocol) -> list[Comment]:
    with tenant(protocol.agency_id):
        return list(Comment.objects.of(protocol).order_by("pk"))


def _links(protocol) -> list[ProtocolFile]:
    with tenant(protocol.agency_id):
        return list(ProtocolFile.objects.of(protocol).order_by("pk"))


def test_the_mail_about_a_comment_says_what_was_said(cast, protocol, deliver):
    """It asks for an answer by mail. Carl, who never sees the protocol, is told nothing."""
    deliver()
    sheet = SimpleUploadedFile("islands.csv", b"island,days\nSylt,9\n")
    with tenant(cast.north.pk):
        said = actions.comment(
            protocol, by=cast.anna, text="Not 60 but **48**", is_correction=True, about="Shop", uploads=[sheet]
        )
    deliver()
    mail = mails_to(cast.nora)[-1]

    assert mail.subject == "Correction for: Jour fixe"
    assert all(words in mail.text for words in ("Anna Example", "Shop", "Not 60 but **48**", "islands.csv"))
    assert "<strong>48</strong>" in mail.html and mail.reply_to
    with tenant(cast.north.pk):
        actions.settle(said, by=cast.nora, is_taken_in=False, answer="Sixty were planned")
        event = Event.objects.get(kind="protocol.corrected")
        assert event.declared.quote(event, cast.carl) is None
    deliver()
    assert "Nora Example" in mails_to(cast.anna)[-1].text and "Sixty were planned" in mails_to(cast.anna)[-1].text

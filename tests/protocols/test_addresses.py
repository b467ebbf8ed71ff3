"""The place of a talk is often the address of a video call; one click joins it."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from protocols.addresses import in_parts, in_short, in_words
from tests.browse import browse_as, url
from tests.protocols.meeting_makers import mails_sent, plan

__all__ = ["mails_sent", "plan"]

CALL = "https://meet.example/jour-fixe?room=4&pin=1"
SAFE = CALL.replace("&", "&amp;")
SCRIPT = "javascript:alert(1)"


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (CALL, [CALL]),
        (f"Room 4, or {CALL}, from ten", [CALL]),
        ("HTTP://meet.example (https://b.example/x)", ["HTTP://meet.example", "https://b.example/x"]),
        (SCRIPT, []),
        (f"{SCRIPT}//{CALL}", [CALL]),
        ("data:text/html,<b>, ftp://x.example, //x.example, Phone", []),
    ],
)
def test_only_addresses_of_the_web_are_followed(text, addresses):
    parts = in_parts(text)

    assert [part for part, is_address in parts if is_address] == addresses
    assert "".join(part for part, _is_address in parts) == text


def test_words_stand_for_an_address_as_in_markdown():
    text = f"Room 4 or [Video room]({CALL}), [not]({SCRIPT})"

    assert in_parts(text) == [("Room 4 or ", ""), ("Video room", CALL), (f", [not]({SCRIPT})", "")]
    assert in_words(text).startswith(f"Room 4 or Video room ({CALL}), ")
    assert in_short(f"[Video room]({CALL})") == "Video room"


def test_lists_and_the_pdf_lead_there_too(cast, write, plan):
    place = f"[Video room]({CALL})"
    protocol, meeting = write(place=place), plan("Later", place=place, starts_in=timedelta(days=40))
    page = browse_as(cast.anna).get(url("protocols:meetings", cast.acme)).content.decode()
    row = page.partition(f'id="meeting-{meeting.pk}"')[2].partition("</li>")[0]
    assert f'href="{SAFE}"' in row and ">Video room<" in row and "](" not in row

    pdf = PdfReader(io.BytesIO(browse_as(cast.anna).get(url("protocols:pdf", cast.acme, protocol.number)).content))
    links = [note.get_object()["/A"]["/URI"] for note in pdf.pages[0]["/Annots"]]
    assert links == [CALL]
    assert "Video room" in pdf.pages[0].extract_text() and "](" not in pdf.pages[0].extract_text()


def test_one_click_joins_from_the_protocol_its_minutes_and_the_meeting(cast, write, plan):
    protocol, meeting = write(place=CALL), plan(place=CALL)
    draft = write("Draft", place=CALL, publish=False)
    paths = [url("protocols:detail", cast.acme, protocol.number), url("protocols:minutes", cast.acme, draft.number)]
    paths += [url("protocols:meeting", cast.acme, meeting.pk), url("protocols:meetings", cast.acme)]

    for path in paths:
        page = browse_as(cast.nora).get(path).content.decode()
        assert f'<a href="{SAFE}" rel="noopener nofollow" target="_blank">' in page, path


def test_the_invitation_leads_there_and_never_into_a_script(cast, plan, mails_sent):
    plan(place=CALL)
    (mail,) = mails_sent()[cast.anna.user.email]
    assert f'href="{SAFE}" rel="noopener"' in mail.html and CALL in mail.text

    evil = plan("Other", place=SCRIPT)
    page = browse_as(cast.anna).get(url("protocols:meeting", cast.acme, evil.pk)).content.decode()
    (mail,) = mails_sent()[cast.anna.user.email]
    for shown in (mail.html, page):
        assert SCRIPT in shown and f'href="{SCRIPT}' not in shown

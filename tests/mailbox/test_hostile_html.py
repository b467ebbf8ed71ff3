"""HTML of strangers: sanitiser and sandbox each suffice alone."""

import re

import pytest
from django.db import transaction

from mailbox import framing
from mailbox.models import Mail
from portal.core.context import tenant
from portal.files.models import File
from tests.browse import browse_as, url
from tests.mail.makers import letter
from tests.mailbox.conftest import PNG

HOSTILE = """<html><head><title>x</title><base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=//evil">
<style>body{background:url(https://evil.example/css)}</style><link rel=stylesheet href=//evil></head><body onload="alert(1)">
<script>alert(2)</script><p onclick="alert(3)" style="position:fixed;color:red;background:url(https://evil.example/p)">Hello</p>
<img src="https://evil.example/pixel.gif" onerror="alert(4)"><img src="//evil.example/2.gif">
<a href="javascript:alert(5)">click</a><a href="https://shop.example/">shop</a>
<svg><script>alert(6)</script></svg><math><mi//xlink:href="data:x,<script>alert(7)</script>">
<form action="https://evil.example/"><input name=password></form><iframe src="https://evil.example/"></iframe>
<object data="evil.swf"></object><embed src="evil.swf"><template><script>alert(8)</script></template></body></html>"""


@pytest.fixture
def frame(anna, cast, deliver):
    """The frame of a mail with this HTML."""

    def show(markup=HOSTILE, **words):
        mail = deliver(html=markup, **words)[-1]
        return browse_as(anna).get(url("mailbox:body", cast.acme, mail.pk))

    return show


def test_nothing_active_is_left(frame):
    body = frame().content.decode().partition("<body>")[2]

    for word in (
        "script",
        "alert",
        "onclick",
        "onerror",
        "evil",
        "javascript",
        "position",
        "<form",
        "<input",
        "iframe",
        "<style",
        "<base",
    ):
        assert word not in body
    assert "Hello" in body
    assert "color:red" in body.replace(" ", "")


def test_links_leave_the_frame_without_telling_where_from(frame):
    link = re.search(r"<a [^>]*shop\.example[^>]*>", frame().content.decode())[0]

    assert 'target="_blank"' in link
    assert "noopener" in link
    assert "noreferrer" in link


def test_the_frame_has_its_own_policy(frame):
    response = frame()

    assert sorted(response["Content-Security-Policy"].split("; ")) == [
        "default-src 'none'",
        "frame-ancestors 'self'",
        "img-src 'self' data:",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
        "style-src 'unsafe-inline'",
    ]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


def test_the_sandbox_holds_when_the_sanitiser_fails(frame, cast, anna, deliver):
    """The twin: hostile HTML straight in the row. The policy forbids every script; a browser test holds it against Chromium."""
    frame()
    with tenant(cast.north.pk), transaction.atomic():
        Mail.objects.update(html=HOSTILE)
        mail = Mail.objects.get()

    response = browse_as(anna).get(url("mailbox:body", cast.acme, mail.pk))

    assert "<script>" in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_the_page_around_it_frames_it_in_a_sandbox(anna, cast, deliver):
    mail = deliver(html=HOSTILE)[-1]

    page = browse_as(anna).get(url("mailbox:detail", cast.acme, mail.pk)).content.decode()

    assert f'<iframe src="{url("mailbox:body", cast.acme, mail.pk)}"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "2 pictures of other servers were left out" in page
    assert "alert(" not in page


def test_pictures_of_the_mail_itself_are_shown(anna, cast, deliver):
    mail = letter(html='<p>Logo: <img src="cid:logo@x"> <img src="cid:unknown@x"></p>')
    mail.get_payload()[1].add_related(PNG, "image", "png", cid="<logo@x>", filename="logo.png")
    row = deliver(mail.as_bytes())[-1]

    body = browse_as(anna).get(url("mailbox:body", cast.acme, row.pk)).content.decode()

    assert body.count("data:image/png;base64,") == 1
    assert "cid:" not in body


@pytest.fixture
def framed_for(cast, deliver):
    """The frame of a mail that shows its own logo, as somebody sees it; the row of the picture may be changed before."""
    mail = letter(html='<p><img src="cid:logo@x"></p>')
    mail.get_payload()[1].add_related(PNG, "image", "png", cid="<logo@x>", filename="logo.png")
    row = deliver(mail.as_bytes())[-1]

    def framed_for(member, **changes) -> str:
        with tenant(cast.north.pk), transaction.atomic():
            File.objects.filter(pk=row.attachments.get().file_id).update(**changes)
        return browse_as(member).get(url("mailbox:body", cast.acme, row.pk)).content.decode()

    return framed_for


@pytest.mark.parametrize(
    ("changes", "to_anna", "to_nora"),
    [
        ({"scan_verdict": "clean"}, True, True),
        ({"scan_verdict": "unknown"}, False, True),
        ({"scan_verdict": "clean", "is_blocked": True}, False, True),
        ({"scan_verdict": "infected"}, False, False),
        ({"scan_verdict": "clean", "media_type": "image/svg+xml"}, False, False),
    ],
)
def test_a_picture_that_may_not_be_opened_is_not_in_the_frame_either(anna, nora, framed_for, changes, to_anna, to_nora):
    for member, is_shown in ((anna, to_anna), (nora, to_nora)):
        assert (";base64," in framed_for(member, **changes)) is is_shown


def test_the_frame_holds_no_more_pictures_than_a_page_can(anna, framed_for, monkeypatch):
    monkeypatch.setattr(framing, "MAX_BYTES", len(PNG) - 1)
    assert ";base64," not in framed_for(anna, scan_verdict="clean")


def test_hostile_names_are_only_text(anna, cast, deliver):
    row = deliver(
        From='"<script>alert(1)</script>" <x@y.example>',
        Subject="<img src=x onerror=alert(2)>",
        text="<b>not bold</b> https://shop.example/?a=1&b=2",
        files=[("<svg onload=alert(3)>.txt", "text/plain", b"x")],
    )[-1]

    for place in ("mailbox:index", "mailbox:detail"):
        page = (
            browse_as(anna).get(url(place, cast.acme, *([row.pk] if place.endswith("detail") else []))).content.decode()
        )
        for word in ("<script>alert", "<img src=x", "<svg onload", "<b>not"):
            assert word not in page
        assert "&lt;b&gt;not bold" in page

"""Serving: a download that cannot run anywhere near us, or a page that says to try later."""

import pytest
from django.db import connection, transaction
from django.urls import reverse

from portal.core.context import tenant
from portal.files import actions
from portal.files.antivirus import INFECTED, UNKNOWN
from portal.files.content import EICAR
from portal.files.models import File
from portal.files.preview_cache import preview_of
from portal.tenancy.scope import agency_urls
from tests.browse import browse_as
from tests.files import makers


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.ROOT_URLCONF = "tests.files.urls"


def address(file, *args, name="test_file"):
    with agency_urls(file.client.agency):
        return reverse(name, args=[file.pk, *args])


def fetch(member, file, query=""):
    return browse_as(member).get(address(file) + query)


def test_a_file_is_a_private_download_in_a_sandbox(anna, keep):
    response = fetch(anna, keep("plan.txt"))

    assert b"".join(response.streaming_content) == b"The plan"
    assert response["Content-Type"] == "text/plain"
    assert response["Content-Length"] == "8"
    assert response["Content-Disposition"] == 'attachment; filename="plan.txt"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Plän.txt", "attachment; filename*=utf-8''Pl%C3%A4n.txt"),
        ("a;b, c.txt", 'attachment; filename="a;b, c.txt"'),
        ("it's 100%.txt", 'attachment; filename="it\'s 100%.txt"'),
        ("a\r\nSet-Cookie: x.txt", 'attachment; filename="aSet-Cookie_ x.txt"'),
    ],
)
def test_names_are_written_as_rfc_6266_says(anna, keep, name, header):
    response = fetch(anna, keep(name))

    assert response["Content-Disposition"] == header
    assert "Set-Cookie" not in response


def test_a_picture_may_be_shown_inline_in_a_sandbox(anna, keep):
    response = fetch(anna, keep("a.png", makers.picture()), "?inline")

    assert response["Content-Disposition"] == 'inline; filename="a.png"'
    assert response["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.svg", b"<svg/>"), ("a.html", b"<html>"), ("a.pdf", makers.pdf()), ("a.xml", b"<a/>"), ("a.txt", b"<b>")],
)
def test_nothing_else_is_ever_inline(anna, keep, name, content):
    response = fetch(anna, keep(name, content, lenient=True), "?inline")

    assert response["Content-Disposition"].startswith("attachment")


def test_a_file_of_another_client_does_not_exist(bob, saul, keep):
    file = keep()

    assert fetch(bob, file).status_code == 404
    assert fetch(saul, file).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "staff_gets"),
    [("setup.exe", b"MZ\x90\0", 200), ("virus.txt", EICAR, 403)],
    ids=["blocked", "infected"],
)
def test_dangerous_attachments_are_for_staff_and_viruses_for_nobody(anna, nora, keep, name, content, staff_gets):
    file = keep(name, content, lenient=True)

    assert fetch(anna, file).status_code == 403
    assert fetch(nora, file).status_code == staff_gets
    assert file.hindrance_for(anna)
    assert bool(file.hindrance_for(None)) is True


def test_a_download_is_in_the_audit_log(anna, keep, cast):
    fetch(anna, keep())

    with tenant(cast.north.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT user_id, detail->>'name' FROM audit.event WHERE kind = 'file.downloaded'")
        assert cursor.fetchall() == [(anna.user_id, "plan.txt")]


# Storage trouble ----------------------------------------------------------------------------------


def away(response):
    html = response.content.decode()
    return (response.status_code, response["Retry-After"], "try again in a few minutes" in html)


def test_a_lost_content_says_try_later(anna, keep, media):
    file = keep()
    (media / file.key).unlink()

    assert away(fetch(anna, file)) == (503, "60", True)


def test_a_truncated_content_is_not_handed_out(anna, keep, media):
    file = keep()
    (media / file.key).write_bytes(b"The")

    assert away(fetch(anna, file)) == (503, "60", True)


# Previews, made once ------------------------------------------------------------------------------


def test_pages_of_a_preview_are_pictures(anna, bob, keep):
    file = keep("a.pdf", makers.pdf())
    preview = preview_of(file)

    assert (preview.kind, len(preview.pages), preview.pages[0].data) == ("pages", 1, b"")
    response = browse_as(anna).get(address(file, 1, name="test_page"))
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert b"".join(response.streaming_content)[8:12] == b"WEBP"
    assert browse_as(anna).get(address(file, 2, name="test_page")).status_code == 404
    assert browse_as(bob).get(address(file, 1, name="test_page")).status_code == 404
    with tenant(file.agency_id):
        File.objects.filter(pk=file.pk).update(scan_verdict=INFECTED)
    assert browse_as(anna).get(address(file, 1, name="test_page")).status_code == 403


def test_a_preview_is_made_once(keep, monkeypatch):
    file = keep("a.csv", b"a,b\n1,2\n")
    first = preview_of(file)
    monkeypatch.setattr("portal.files.previews.preview", None)

    assert preview_of(file) == first
    assert first.sheets[0].rows == (("a", "b"), ("1", "2"))


def test_a_failure_is_kept_too_and_a_slow_one_for_an_hour(keep, monkeypatch):
    from portal.files import previews

    broken, slow = keep("a.png", makers.picture()[:40]), keep("b.txt", b"slow")
    assert preview_of(broken).reason == "broken"
    monkeypatch.setattr(previews, "preview", lambda *args: previews.none("too_slow"))
    assert preview_of(slow).reason == "too_slow"
    monkeypatch.setattr(previews, "preview", None)

    assert preview_of(broken).reason == "broken"
    assert preview_of(slow).reason == "too_slow"


def test_the_same_bytes_under_another_type_are_read_anew(keep):
    assert preview_of(keep("a.csv", b"a,b\n")).kind == "table"
    assert preview_of(keep("a.txt", b"a,b\n")).kind == "text"


def test_dangerous_files_have_no_preview(keep):
    assert preview_of(keep("a.txt", EICAR, lenient=True)).reason == "blocked"
    assert preview_of(File(is_blocked=True)).reason == "blocked"


@pytest.mark.parametrize("verdict", [INFECTED, UNKNOWN])
def test_what_the_scanner_has_not_cleared_has_no_preview_and_no_clean_copy(keep, verdict):
    file = keep("a.csv", b"a,b\n1,2\n")
    preview_of(file)
    with tenant(file.agency_id):
        File.objects.filter(pk=file.pk).update(scan_verdict=verdict, scan_finding="x")
        found = File.objects.get(pk=file.pk)
        copy = actions.copy_to(found, area="tickets")

    for one in (found, copy):
        assert preview_of(one).reason == "blocked"
        assert (one.scan_verdict, one.scan_finding) == (verdict, "x")
        assert one.hindrance_for(None)

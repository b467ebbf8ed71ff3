"""Every generated hostile file through the doors: uploads and mails. None runs, none hangs, none is lost in mails."""

import io
import json
import time

import pytest

from portal.core.context import tenant
from portal.files import actions
from portal.files.checking import FileRefused, check
from portal.files.preview_cache import preview_of
from portal.files.responses import respond

REFUSED = {
    "active SVG": "active",
    "HTML body under another name": "active",
    "HTML first": "active",
    "valid PDF and HTML": "two_faced",
    "PNG followed by HTML": "two_faced",
    "empty file": "empty",
    "svgz": "active",
}


def cases(folder):
    for case in json.loads((folder / "manifest.json").read_text()):
        yield case, (folder / case["stored_as"]).read_bytes()


def outcome(name, content):
    try:
        return check(name, io.BytesIO(content), size=len(content)).objection
    except FileRefused as refused:
        return refused.code


def test_uploads_are_refused_or_harmless(hostile_files):
    for case, content in cases(hostile_files):
        expected = "program" if case["upload_name"].endswith(".js") else REFUSED.get(case["why"], "")

        assert outcome(case["upload_name"], content) == expected, case["upload_name"]


@pytest.mark.parametrize("lenient", [False, True], ids=["upload", "mail"])
def test_what_is_kept_is_only_ever_a_download(hostile_files, cast, lenient):
    for case, content in cases(hostile_files):
        with tenant(cast.north.pk):
            try:
                file = actions.store_bytes(case["upload_name"], content, client=cast.acme, area="work", lenient=lenient)
            except FileRefused:
                assert not lenient
                continue
            response = respond(file, inline=file.media_type != "image/png", to=cast.nora)
        got = b"".join(response.streaming_content)

        assert got == content, case
        assert response["Content-Disposition"].startswith("attachment;"), case
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert "Content-Encoding" not in response
        assert not set(response["Content-Disposition"]) & set("\r\n\0")


def test_previews_of_hostile_files_are_quick_and_show_nothing_foreign(hostile_files, keep):
    for case, content in cases(hostile_files):
        started = time.monotonic()
        preview = preview_of(keep(case["upload_name"], content, lenient=True))

        assert time.monotonic() - started < 11, case
        assert preview.kind in ("none", "text", "table", "image", "pages", "outline"), case
        assert "root:" not in json.dumps(preview.as_dict()), case

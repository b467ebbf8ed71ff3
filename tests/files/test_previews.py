"""Previews: what people see, and what hostile files cannot do."""

import io
import time
import zipfile

import pytest
from django.template.loader import render_to_string
from PIL import Image

from portal.files import previews
from portal.files.kinds import ALLOWED
from portal.files.previews import preview
from tests.files import makers


def look(extension, content):
    return preview(io.BytesIO(content), ALLOWED[extension].media_type)


def opened(page):
    return Image.open(io.BytesIO(page.data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_a_picture_becomes_a_smaller_webp(kind):
    found = look(kind.lower(), makers.picture(kind, (3200, 1600)))

    (page,) = found.pages
    assert (found.kind, page.width, page.height) == ("image", 1600, 800)
    assert opened(page).format == "WEBP"


def test_a_picture_loses_where_it_was_taken_and_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "secret place"
    content = makers.picture("JPEG", (40, 20), exif=exif)
    (page,) = look("jpg", content).pages

    assert b"secret place" in content
    assert b"secret place" not in page.data
    assert not opened(page).getexif()
    assert (page.width, page.height) == (20, 40)


def test_transparency_survives():
    (page,) = look("png", makers.picture(mode="RGBA", colour=(1, 2, 3, 0))).pages

    assert opened(page).mode == "RGBA"


def test_a_pdf_shows_its_first_pages_and_says_how_many_there_are():
    found = look("pdf", makers.pdf("<p>x</p>" + "<p style='break-before: page'>y</p>" * 6))

    assert (found.kind, len(found.pages), found.page_count, found.is_cut) == ("pages", 5, 7, True)
    assert max(found.pages[0].width, found.pages[0].height) <= 1601
    assert opened(found.pages[0]).format == "WEBP"


def test_a_protected_pdf_says_so():
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(makers.pdf()))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)

    assert look("pdf", out.getvalue()).reason == "encrypted"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_whatever_its_characters(encoding):
    found = look("txt", "Größe: 5 µ\r\nZeile".encode(encoding))

    assert (found.kind, found.text, found.is_cut) == ("text", "Größe: 5 µ\nZeile", False)


def test_a_long_text_is_cut():
    found = look("txt", "ä".encode() * 300_000)

    assert (len(found.text), set(found.text), found.is_cut) == (100_000, {"ä"}, True)


@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_a_csv_is_a_table(comma):
    found = look("csv", f"Name{comma}Sum\nLink{comma}=1+1\n".encode())

    assert found.sheets[0].rows == (("Name", "Sum"), ("Link", "=1+1"))


def test_a_workbook_shows_values_not_formulas():
    found = look("xlsx", makers.sheet(("Name", "Hours", "Sum"), ("Links", 2.0, "=B2*2"), (None, 1.5, None)))

    assert found.sheets[0].name == "Plan"
    assert found.sheets[0].rows == (("Name", "Hours", "Sum"), ("Links", "2", ""), ("", "1.5", ""))
    assert not found.is_cut


def test_a_large_workbook_is_cut():
    found = look("xlsx", makers.sheet(*[range(60)] * 300))

    assert (len(found.sheets[0].rows), len(found.sheets[0].rows[0]), found.is_cut) == (200, 40, True)


def test_a_presentation_is_a_list_of_slides():
    found = look("pptx", makers.slides("Goals", "Numbers"))

    assert found.kind == "slides"
    assert [section.title for section in found.sections] == ["Goals", "Numbers"]
    assert found.sections[0].lines == ("About Goals", "Second line")


def test_a_document_is_an_outline():
    found = look("docx", makers.document("Before", ("Goals", 1), "More links", ("Detail", 2), "Ten"))

    assert found.kind == "outline"
    assert [(s.title, s.level, s.lines) for s in found.sections] == [
        ("", 1, ("Before",)),
        ("Goals", 1, ("More links",)),
        ("Detail", 2, ("Ten",)),
    ]


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/zip", "application/octet-stream"])
def test_web_pages_and_archives_have_no_preview(media_type):
    found = preview(io.BytesIO(b"<script>1</script>"), media_type)

    assert (found.kind, found.reason) == ("none", "unsupported")
    assert str(found.explanation) == "There is no preview for this kind of file."


# Hostile ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", ["pdf", "png", "docx", "xlsx", "pptx"])
@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"%PDF-1.4 nothing", makers.picture()[:40], makers.archive({})])
def test_damaged_files_have_no_preview_and_no_error(extension, content):
    assert look(extension, content).reason in ("broken", "empty")


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked():
    bomb = makers.picture("PNG", (9_000, 9_000), mode="1", colour=0)

    assert look("png", bomb).reason == "too_large"


def test_a_document_that_says_it_is_huge_is_not_opened():
    bomb = makers.archive({"word/document.xml": b"\0" * (201 * 1024 * 1024)})

    assert look("docx", bomb).reason == "too_large"


def test_a_document_that_fills_the_memory_ends_its_own_process_only():
    # Within the announced size, but every element costs a hundred times its four bytes.
    body = b"<w:p/>" * (25 * 1024 * 1024)
    content = _document_with(
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        + body
        + b"</w:body></w:document>"
    )

    assert look("docx", content).reason in ("too_large", "broken", "too_slow")


def test_entities_are_not_resolved(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    content = _document_with(
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>".encode()
    )

    assert "secret" not in str(look("docx", content))


def test_a_reader_that_hangs_is_killed(monkeypatch, tmp_path):
    hanging = tmp_path / "hanging.py"
    hanging.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(previews, "WORKER", hanging)
    monkeypatch.setattr(previews, "SECONDS", 0.5)
    started = time.monotonic()

    assert look("txt", b"x").reason == "too_slow"
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("answer", ["", "nonsense", "[]", '{"kind": "image", "pages": [{"width": "x"}]}', "null"])
def test_a_strange_answer_of_the_reader_is_no_preview(monkeypatch, tmp_path, answer):
    strange = tmp_path / "strange.py"
    strange.write_text(f"print({answer!r})\n")
    monkeypatch.setattr(previews, "WORKER", strange)

    assert look("txt", b"x").reason == "broken"


def test_the_reader_sees_no_environment_of_ours(monkeypatch, tmp_path):
    spy = tmp_path / "spy.py"
    spy.write_text('import json, os\nprint(json.dumps({"kind": "text", "text": " ".join(os.environ)}))\n')
    monkeypatch.setattr(previews, "WORKER", spy)

    assert "DATABASE_URL" not in look("txt", b"x").text


def test_too_many_readers_at_once_are_told_to_come_back(monkeypatch):
    monkeypatch.setattr(previews, "SECONDS", 0.1)
    previews._readers.acquire()
    previews._readers.acquire()
    try:
        assert look("txt", b"x").reason == "away"
    finally:
        previews._readers.release()
        previews._readers.release()


# On the page --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extension", "make", "words"),
    [
        ("txt", lambda: b"<script>alert(1)</script>", ["&lt;script&gt;", "<pre"]),
        ("csv", lambda: b"a,<b>\n1,2\n", ["&lt;b&gt;", "<td>1</td>"]),
        ("pdf", makers.pdf, ['src="/x/1/"', "Page 1 of plan"]),
        ("png", makers.picture, ['src="/x/1/"', 'alt="plan"']),
        ("pptx", makers.slides, ["Slide 1", "Second line"]),
        ("docx", lambda: makers.document(("Goals", 1), "Links"), ["Goals", "Links"]),
        ("xlsx", makers.sheet, ["<caption>Plan</caption>"]),
        ("docx", lambda: b"broken", ["There is no preview because the file is damaged."]),
    ],
)
def test_the_page_shows_it_escaped(extension, make, words):
    found = look(extension, make())
    html = render_to_string("files/_preview.html", {"preview": found, "name": "plan", "page_url": "/x/"})

    assert all(word in html for word in words), html
    assert "<script" not in html


def _document_with(body: bytes) -> bytes:
    """A DOCX whose text is replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(makers.document())) as source, zipfile.ZipFile(out, "w", 8) as made:
        for entry in source.infolist():
            made.writestr(entry, body if entry.filename == "word/document.xml" else source.read(entry))
    return out.getvalue()

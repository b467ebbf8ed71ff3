"""What may be stored: the extension is allowed and the content agrees, else a reason."""

import io
import struct

import pytest
from django.utils import translation

from portal.files import archives
from portal.files.checking import REASONS, FileRefused, check
from portal.files.content import EICAR
from portal.files.kinds import ACTIVE, ALLOWED, DANGEROUS
from tests.files import makers

HTML = b"<!doctype html><html><body><script>1</script></body></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def look(name, content, **options):
    return check(name, io.BytesIO(content), size=len(content), **options)


def reason(name, content):
    with pytest.raises(FileRefused) as refused:
        look(name, content)
    return refused.value.code


@pytest.mark.parametrize(
    ("name", "make", "media_type"),
    [
        ("a.pdf", makers.pdf, "application/pdf"),
        ("a.PNG", makers.picture, "image/png"),
        ("a.jpg", lambda: makers.picture("JPEG"), "image/jpeg"),
        ("a.jpeg", lambda: makers.picture("JPEG"), "image/jpeg"),
        ("a.gif", lambda: makers.picture("GIF"), "image/gif"),
        ("a.webp", lambda: makers.picture("WEBP"), "image/webp"),
        ("a.bmp", lambda: makers.picture("BMP"), "image/bmp"),
        ("a.tiff", lambda: makers.picture("TIFF"), "image/tiff"),
        ("a.avif", lambda: makers.picture("AVIF"), "image/avif"),
        ("a.docx", makers.document, ALLOWED["docx"].media_type),
        ("a.xlsx", makers.sheet, ALLOWED["xlsx"].media_type),
        ("a.pptx", makers.slides, ALLOWED["pptx"].media_type),
        ("a.odt", lambda: makers.open_document(ALLOWED["odt"].media_type), ALLOWED["odt"].media_type),
        ("a.doc", lambda: OLE, "application/msword"),
        ("a.rtf", lambda: b"{\\rtf1\\ansi Hello}", "application/rtf"),
        ("a.zip", lambda: makers.archive({"a.txt": b"x"}), "application/zip"),
        ("empty.zip", lambda: makers.archive({}), "application/zip"),
        ("a.tar.gz", lambda: b"\x1f\x8b\x08\0\0\0\0\0", "application/gzip"),
        ("a.txt", lambda: "Größe".encode(), "text/plain"),
        ("latin.txt", lambda: "Größe".encode("cp1252"), "text/plain"),
        ("wide.txt", lambda: "Größe".encode("utf-16"), "text/plain"),
        ("MZ.txt", lambda: b"MZ is how my notes begin", "text/plain"),
        ("no extension", lambda: b"plain", "text/plain"),
        ("a.md", lambda: b"<h1 align=center>Title</h1>\n\n<script> is a tag", "text/markdown"),
        ("a.csv", lambda: b"a;b\n<1;2\n", "text/csv"),
        ("a.json", lambda: b'{"a": "<html>"}', "application/json"),
        ("a.xml", lambda: b'<?xml version="1.0"?><ds:Transform Algorithm="x"/>', "application/xml"),
        ("a.ics", lambda: b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar"),
        ("a.mp3", lambda: b"ID3\4\0\0\0\0\0\0" + b"\0" * 99, "audio/mpeg"),
        ("a.mp4", lambda: b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0" * 99, "video/mp4"),
    ],
)
def test_honest_files_are_welcome(name, make, media_type):
    checked = look(name, make())

    assert (checked.media_type, checked.objection, checked.is_blocked) == (media_type, "", False)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "empty"),
        ("a.exe", b"MZ\x90\0" + b"\0" * 100, "program"),
        ("invoice.pdf.exe", b"anything", "program"),
        ("invoice.pdf", b"MZ\x90\0" + b"\0" * 100, "program"),
        ("tool.txt", b"\x7fELF\2\1\1" + b"\0" * 20, "program"),
        ("script.txt", b"#!/bin/sh\nrm -rf /\n", "program"),
        ("a.js", b"alert(1)", "program"),
        ("a.lnk", b"L\0\0\0\x01\x14\x02\0", "program"),
        ("a.docm", b"PK\3\4", "macros"),
        ("a.docx", makers.office_with({"word/vbaProject.bin": b"x"}), "macros"),
        ("a.html", HTML, "active"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "active"),
        ("a.svgz", b"\x1f\x8b\x08", "active"),
        ("report.pdf", HTML, "active"),
        ("report", HTML, "active"),
        ("data.csv", b"\xef\xbb\xbf  <!-- hi --><html>", "active"),
        ("wide.txt", HTML.decode().encode("utf-16"), "active"),
        ("a.xml", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "active"),
        ("a.xml", b"<a><x:script xmlns:x='http://www.w3.org/1999/xhtml'>1</x:script></a>", "mismatch"),
        ("a.pdf", makers.picture(), "mismatch"),
        ("a.png", makers.picture("JPEG"), "mismatch"),
        ("a.jpg", b"hello", "mismatch"),
        ("a.docx", makers.archive({}), "mismatch"),
        ("a.docx", makers.sheet(), "mismatch"),
        ("a.docx", b"PK\3\4 broken", "mismatch"),
        ("a.odt", makers.archive({"content.xml": b""}), "mismatch"),
        ("a.txt", bytes(range(256)) * 4, "mismatch"),
        ("a.doc", b"not a compound file", "mismatch"),
        ("a.xyz", b"hello", "unknown"),
        ("a.png", makers.picture() + HTML, "two_faced"),
        ("a.png", makers.picture() + makers.archive({"Evil.class": b"x"}), "two_faced"),
        ("a.pdf", b"%PDF-1.4\n" + HTML, "two_faced"),
        ("a.txt", EICAR, "virus"),
        ("a.zip", b"PK\3\4" + EICAR, "virus"),
    ],
)
def test_others_are_refused_with_a_reason(name, content, code):
    assert reason(name, content) == code


def test_a_file_over_the_limit_is_refused(settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024

    with pytest.raises(FileRefused) as refused:
        check("film.mp4", io.BytesIO(b"x"), size=1024 * 1024 + 1)

    assert refused.value.messages == ["“film.mp4” is larger than 1 MB."]


def test_every_reason_is_a_sentence_with_the_name():
    for code in REASONS:
        assert "“a.bin”" in FileRefused(code, "a.bin").messages[0]


def test_reasons_are_said_in_the_language_of_the_reader():
    refused = FileRefused("empty", "a.txt")

    with translation.override("de"):
        assert refused.messages == [str(refused.message) % refused.params]


def test_no_extension_is_allowed_and_dangerous_at_once():
    assert not set(ALLOWED) & (ACTIVE | DANGEROUS)
    assert not ACTIVE & DANGEROUS


# Office files are counted before they are opened --------------------------------------------------


def test_an_office_file_that_unpacks_to_too_much_is_refused():
    bomb = makers.office_with({"word/media/zeros.bin": b"\0" * (archives.MAX_UNPACKED_BYTES + 1)})

    assert len(bomb) < 1024 * 1024
    assert reason("a.docx", bomb) == "bomb"
    assert look("bomb.zip", bomb).objection == ""  # never unpacked, so welcome


def test_an_office_file_with_too_many_parts_is_refused():
    assert reason("a.docx", makers.office_with({f"x{n}": b"" for n in range(archives.MAX_ENTRIES)})) == "bomb"


@pytest.mark.parametrize("is_large", [False, True], ids=["zip", "zip64"])
def test_a_huge_table_of_contents_is_refused_unread(is_large):
    size = archives.MAX_DIRECTORY_BYTES + 1
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, 46 if is_large else size, 0, 0)
    if is_large:
        record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, size, 0)
        end = record + struct.pack("<4sIQI", b"PK\6\7", 0, 0, 1) + end

    assert reason("a.docx", b"PK\3\4" + b"\0" * 100 + end) == "bomb"


# Mails bring what they like -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "blocked"),
    [
        ("page.html", HTML, False),
        ("drawing.svg", b"<svg/>", False),
        ("report.pdf", HTML, False),
        ("what.xyz", b"?", False),
        ("nothing.txt", b"", False),
        ("setup.exe", b"MZ\x90\0\0", True),
        ("script.js", b"x", True),
        ("holiday.jpg", b"MZ\x90\0\0", True),
        ("macro.docm", b"PK", True),
        ("virus.txt", EICAR, True),
    ],
)
def test_from_mails_all_is_kept_as_an_unnamed_type_and_danger_is_blocked(name, content, blocked):
    checked = look(name, content, lenient=True)

    assert (checked.media_type, checked.is_blocked) == ("application/octet-stream", blocked)


def test_an_honest_attachment_keeps_its_type():
    assert look("a.pdf", makers.pdf(), lenient=True).media_type == "application/pdf"


def test_the_file_is_left_at_its_beginning():
    file = io.BytesIO(makers.document())

    check("a.docx", file, size=len(file.getvalue()))

    assert file.tell() == 0

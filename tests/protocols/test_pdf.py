"""A protocol as PDF: for whoever sees the page, with the page's words, and nothing fetched from anywhere."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from pypdf import PdfReader

from portal.core import pdf
from portal.core.context import tenant
from portal.core.press import WORKER, Press
from portal.tenancy.models import Agency
from protocols import actions
from tests.browse import browse_as, url


def words_of(response) -> str:
    """The text of all pages."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages).split())


def test_contact_takes_the_protocol_along(cast, write):
    protocol = write("Delivery times", key_points="## Results\n\n- **Go** for oak\n\nПривіт, Grüße")

    answer = browse_as(cast.anna).get(url("protocols:pdf", cast.acme, protocol.number))

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="protocol-acme-1.pdf"'
    text = words_of(answer)
    for said in ("North · Acme", "Delivery times", "Results", "Go for oak", "Grüße", "Nora Example", "1 / 1"):
        assert said in text


def test_it_says_who_was_invited_and_not_there(cast, write):
    protocol = write(contents=actions.Contents(present=[cast.nora], absent=[cast.anna]))

    text = words_of(browse_as(cast.anna).get(url("protocols:pdf", cast.acme, protocol.number)))

    assert "Took part Nora Example" in text and "Anna Example was invited and not there" in text


def test_it_wears_the_agencys_logo_and_colour(cast, protocol):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), "#b00020").save(buffer, "PNG")
    path = url("protocols:pdf", cast.acme, protocol.number)
    plain = browse_as(cast.anna).get(path).content
    with tenant(cast.north.pk):
        key = default_storage.save("logo.png", ContentFile(buffer.getvalue()))
        Agency.objects.filter(pk=cast.north.pk).update(logo_key=key, brand_hex="#b00020")

    dressed = browse_as(cast.anna).get(path).content

    assert (_pictures(plain), _pictures(dressed)) == (0, 1)
    with tenant(cast.north.pk):
        default_storage.delete(key)
    assert browse_as(cast.anna).get(path).status_code == 200, "a logo that is gone stops no document"


def _pictures(content: bytes) -> int:
    return sum(len(page.images) for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("who", ["bob", "carl", "saul", "vera"])
def test_whoever_does_not_see_the_page_gets_no_pdf(cast, protocol, who):
    assert browse_as(getattr(cast, who)).get(url("protocols:pdf", cast.acme, protocol.number)).status_code == 404


def test_draft_of_the_agency_is_none_for_contacts_and_marked_for_staff(cast, write):
    path = url("protocols:pdf", cast.acme, write(publish=False).number)

    assert browse_as(cast.anna).get(path).status_code == 404
    assert "Draft" in words_of(browse_as(cast.nora).get(path))


def test_long_text_goes_over_pages(cast, write):
    protocol = write(key_points="\n\n".join(f"Paragraph {number} and its words" for number in range(120)))

    answer = browse_as(cast.anna).get(url("protocols:pdf", cast.acme, protocol.number))

    assert len(PdfReader(io.BytesIO(answer.content)).pages) > 2
    assert "Paragraph 119" in words_of(answer)


def test_nothing_is_fetched(tmp_path, monkeypatch, settings):
    secret = tmp_path / "secret.txt"
    secret.write_text("taken along")
    page = f'<link rel=attachment href="file://{secret}"><p>Kept</p><iframe src="file://{secret}"></iframe><img src="file://{secret}">'
    monkeypatch.setattr(pdf, "render_to_string", lambda _template, _context: page)

    document = PdfReader(io.BytesIO(pdf.pdf_of("any", {})))

    assert document.pages[0].extract_text().strip() == "Kept"
    assert not document.attachments


def test_press_that_hangs_is_stopped_and_the_reader_is_told(cast, protocol, monkeypatch):
    monkeypatch.setattr(pdf, "SECONDS", 0.01)
    browser = browse_as(cast.anna)

    answer = browser.get(url("protocols:pdf", cast.acme, protocol.number), follow=True)

    assert answer.redirect_chain
    assert "cannot be made at the moment" in answer.content.decode()


def test_press_that_eats_memory_is_stopped_and_the_reader_is_told(cast, protocol, monkeypatch, tmp_path):
    browser, path = browse_as(cast.anna), url("protocols:pdf", cast.acme, protocol.number)
    monkeypatch.setattr(pdf, "_press", _hungry_press(1024, tmp_path))
    assert browser.get(path)["Content-Type"] == "application/pdf", "with the usual memory it is printed"
    monkeypatch.setattr(pdf, "_press", _hungry_press(256, tmp_path))

    answer = browser.get(path, follow=True)

    assert answer.redirect_chain
    assert "cannot be made at the moment" in answer.content.decode()


def _hungry_press(megabytes: int, folder) -> Press:
    """A press that gives each document so much memory, and whose documents need 256 MB more than others.

    What a document itself needs is a few MB, which may happen to be left over from the press's first one.
    """
    script = folder / f"press{megabytes}.py"
    script.write_text(
        f"""import sys
sys.path.append({str(WORKER.parent)!r})
import pdf_worker as press
usual = press.printed
def hungry(*document):
    eaten = bytearray(256 * 1024**2)
    return usual(*document)
press.MEMORY_BYTES = {megabytes} * 1024**2
press.printed = hungry
press.main(*sys.argv[1:])
"""
    )
    return Press(pdf.STYLE, script)


def test_only_reading(cast, protocol):
    assert browse_as(cast.anna).post(url("protocols:pdf", cast.acme, protocol.number)).status_code == 405

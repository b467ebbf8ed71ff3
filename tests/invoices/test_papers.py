"""Papers: printed by a process of its own, stored once, the download is always those bytes; the work report says the same."""

import hashlib
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader

from invoices import tasks
from invoices.actions import drafting, issuing, making
from invoices.actions.drafting import Part
from invoices.models import BillingData, InvoiceDocument, InvoiceLine
from invoices.papers.document import quantity_of
from portal.audit.models import AuditEvent
from portal.core import pdf, pdf_worker
from portal.core.context import tenant
from portal.core.health import queues
from portal.core.pdf import PdfTrouble, pdf_of
from portal.files import antivirus
from portal.files.models import File
from tests.browse import browse_as, reload, url
from tests.invoices.bills import bill
from tests.invoices.test_from_work import rate, take, today
from tests.worklog.conftest import log
from worklog.actions import proving
from worklog.models import WorkResult

__all__ = ["log", "rate", "take", "today"]
CARE = Part("Care", Decimal(1), Decimal(100))


def words_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_download_is_the_stored_bytes_for_ever(cast, issued, paper):
    invoice = issued(CARE)
    first = paper(invoice)
    _refuses_change(first.document)
    with tenant(cast.north.pk):
        BillingData.objects.update(name="Another GmbH")
    answer = browse_as(cast.anna).get(url("invoices:paper", cast.acme, invoice.pk, "pdf"))
    content = b"".join(answer.streaming_content)

    assert content == first.content
    assert hashlib.sha256(content).hexdigest() == reload(first.document).sha256
    assert "Acme Möbelwerk GmbH" in words_of(content)
    assert answer["Content-Disposition"] == f'attachment; filename="{invoice.number}.pdf"'


def test_the_data_alone_are_the_bytes_inside_the_stored_pdf(cast, issued, paper, monkeypatch):
    invoice, anna = issued(CARE), browse_as(cast.anna)
    inside = PdfReader(io.BytesIO(paper(invoice).content)).attachments["factur-x.xml"][0]
    monkeypatch.setattr(making, "cii_of", None)
    monkeypatch.setattr(making, "pdf_of_invoice", None)
    page, path = (url(f"invoices:{name}", cast.acme, invoice.pk) for name in ("detail", "data"))
    assert f'href="{path}"' in anna.get(page).content.decode()
    answer = anna.get(path)

    assert (answer.content, answer["Content-Type"]) == (inside, "application/xml")
    assert answer["Content-Disposition"] == f'attachment; filename="{invoice.number}.xml"'
    with tenant(cast.north.pk):
        assert invoice.reads.get().downloaded_at is not None
    for member in (cast.carl, cast.bob, cast.vera, cast.pavel, cast.nora):
        assert browse_as(member).get(path).status_code == 404
    assert anna.get(url("invoices:data", cast.acme, bill(cast.acme, by=cast.olaf).pk)).status_code == 404
    with tenant(cast.north.pk):
        assert AuditEvent.objects.filter(kind="file.downloaded", detail__name=f"{invoice.number}.xml").count() == 1
        File.objects.update(size=1)
    assert anna.get(path).status_code == 503, "no half of a file"
    with tenant(cast.north.pk):
        File.objects.update(scan_verdict=antivirus.INFECTED)
    assert anna.get(path).status_code == 403


def test_one_day_is_no_days():
    said = [
        quantity_of(InvoiceLine(unit=unit, quantity=Decimal(count))) for unit in ("day", "month") for count in (1, 2)
    ]
    assert said == ["1 day", "2 days", "1 month", "2 months"]
    assert quantity_of(InvoiceLine(unit="day", quantity=Decimal("0.5"))) == "0.5 days"


def _refuses_change(row):
    with tenant(row.agency_id):
        assert making.made(row).file_id == row.file_id
        for change in ({"sha256": "0" * 64}, {"file_id": None, "sha256": "", "made_at": None}):
            with pytest.raises(IntegrityError), transaction.atomic():
                InvoiceDocument.objects.filter(pk=row.pk).update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            InvoiceDocument.objects.filter(pk=row.pk).delete()


def test_a_hanging_render_is_ended_and_tried_again_later(cast, issued, monkeypatch):
    """The limit is 30 seconds; here it is so short that no printer keeps it."""
    invoice = issued(CARE)
    with tenant(cast.north.pk):
        document = invoice.documents.get()
    monkeypatch.setattr(pdf, "SECONDS", 0.01)
    with pytest.raises(PdfTrouble):
        tasks.make_paper(cast.north.pk, document.pk)

    late = reload(document)
    assert (late.file_id, late.tries) == (None, 1)
    assert late.next_try_at > document.next_try_at
    assert reload(invoice).number
    monkeypatch.undo()
    tasks.make_paper(cast.north.pk, document.pk)
    assert (reload(document).file_id, reload(document).tries) == (None, 1), "not before its time"
    with tenant(cast.north.pk):
        InvoiceDocument.objects.filter(pk=document.pk).update(next_try_at=timezone.now())
    tasks.make_paper(cast.north.pk, document.pk)
    assert reload(document).file_id
    assert reload(document).tries == 2


def test_limit_is_thirty_seconds():
    """Of the processor, and by the clock, for a worker that sleeps uses none; tests alone have more patience (conftest)."""
    assert pdf_worker.SECONDS == 30
    assert "\nSECONDS = 30\n" in Path(pdf.__file__).read_text()


def test_sweeper_finds_what_is_not_made(cast, issued, monkeypatch):
    woken = []
    monkeypatch.setattr(tasks, "wake", lambda task, rows: woken.extend(rows))
    issued(CARE)
    monkeypatch.setattr(InvoiceDocument.objects, "using", lambda alias: InvoiceDocument.objects.all())
    with tenant(cast.north.pk):
        tasks.make_papers()

    assert len(woken) == 1


def test_work_report_is_made_of_the_same_rows(cast, log, rate, take, paper):
    rate(95)
    entry = log(61, text="Which wood for which room")
    log(30, text="Oak")
    with tenant(cast.north.pk):
        proving.add(entry, by=cast.nora, title="Draft", link="https://links.example/", text="", uploads=[])
        sha256 = WorkResult.objects.get(entry=entry).sha256
    draft = take()
    drafting.change(draft, by=cast.olaf, with_annex=True)
    invoice = issuing.issue(draft, by=cast.olaf)
    words = words_of(paper(invoice, "annex").content)

    assert "Which wood for which room" in words
    assert "1:01" in words and "0:30" in words and "1:31" in words
    assert sha256[:20] in words.replace("\n", "")
    assert "€144.08" in words
    with tenant(cast.north.pk):
        assert invoice.lines.get().net == Decimal("144.08")


def test_public_bodies_get_an_xrechnung_too(cast, issued, sides, paper):
    assert {row.kind for row in papers(issued(CARE))} == {"pdf"}
    with tenant(cast.north.pk):
        BillingData.objects.filter(pk=sides.pk).update(buyer_reference="04011000-12345-67")
    invoice = issued(CARE)
    assert {row.kind for row in papers(invoice)} == {"pdf", "xrechnung"}
    assert b"04011000-12345-67" in paper(invoice, "xrechnung").content
    answer = browse_as(cast.anna).get(url("invoices:paper", cast.acme, invoice.pk, "xrechnung"))
    assert answer["Content-Disposition"].endswith('-xrechnung.xml"')


def papers(invoice) -> list[InvoiceDocument]:
    with tenant(invoice.agency_id):
        return list(invoice.documents.all())


def test_all_pages_have_the_same_foot_and_their_numbers(cast, issued, paper):
    lines = [Part(f"Suchmaschinenoptimierung, Woche {number}", Decimal(1), Decimal(10)) for number in range(36)]
    content = paper(issued(*lines)).content
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]

    assert len(pages) >= 2
    assert all("DE136695976" in page for page in pages)
    assert f"2/{len(pages)}" in pages[1]


def test_pdf_of_plain_documents_is_as_before():
    assert pdf_of("worklog/pdf.html", {"groups": []}).startswith(b"%PDF")


def test_a_paper_that_nobody_makes_is_an_outage(cast, issued, monkeypatch):
    """What failed waits for its next try, and is no outage; the doctor's page tells of it after a day (check_money)."""
    monkeypatch.setattr(InvoiceDocument.objects, "using", lambda alias: InvoiceDocument.objects.all())
    invoice, now = issued(CARE), timezone.now()
    with tenant(cast.north.pk):
        document = invoice.documents.get()
        assert queues["papers of invoices"]() == document.next_try_at
        InvoiceDocument.objects.update(next_try_at=now + timedelta(hours=6))
        assert queues["papers of invoices"]() is None


def test_the_money_is_examined_at_night():
    assert settings.CELERY_BEAT_SCHEDULE["check the money"]["schedule"] == crontab(hour=1, minute=40)

"""Papers: made once, stored with their SHA-256, and from then on always those bytes."""

import logging
from datetime import datetime, timedelta

import facturx
from django.db import transaction
from django.utils import timezone, translation

from invoices.models import InvoiceDocument, PaperKind
from invoices.papers.document import annex_of, pdf_of_invoice
from invoices.papers.einvoice import cii_of, xrechnung_of
from portal.core.context import tenant
from portal.core.pdf import PdfTrouble
from portal.files.actions import store_bytes

log = logging.getLogger(__name__)

NAMES = {PaperKind.PDF: "{}.pdf", PaperKind.XRECHNUNG: "{}-xrechnung.xml", PaperKind.ANNEX: "{}-work-report.pdf"}
LONGEST_WAIT = timedelta(hours=6)


class NotYet(Exception):
    """Somebody is making the paper, or its next try is still to come."""


def attempt(agency_id: int, pk: int) -> None:
    """One try when its time has come, counted before it begins, for it may end the process.

    The invoice stays issued whatever becomes of it.
    """
    with transaction.atomic():
        row = InvoiceDocument.objects.select_for_update().get(agency_id=agency_id, pk=pk)
        if row.file_id or row.next_try_at > timezone.now():
            return
        count(row)
    with transaction.atomic():
        made(row)


def oldest_due() -> datetime | None:
    """Since when the paper that is due longest waits; None when none does."""
    rows = InvoiceDocument.objects.using("maint").filter(file=None, next_try_at__lte=timezone.now())
    return rows.order_by("next_try_at").values_list("next_try_at", flat=True).first()


def count(row: InvoiceDocument) -> None:
    """A try more; the next one a while later, longer each time."""
    row.tries = min(row.tries + 1, 100)
    row.next_try_at = timezone.now() + min(timedelta(minutes=2) * 2 ** min(row.tries - 1, 10), LONGEST_WAIT)
    row.save(update_fields=["tries", "next_try_at"])


def hastened(document: InvoiceDocument) -> InvoiceDocument:
    """For a page: as it is stored, or made now. It never stands behind a printer that hangs. Raises NotYet, PdfTrouble.

    What failed keeps its pause; what was only put off, because nobody wanted it, is made for whoever wants it.
    """
    if document.file_id:
        return document
    if document.tries and document.next_try_at > timezone.now():
        raise NotYet
    try:
        return made(document, waits=False)
    except InvoiceDocument.DoesNotExist as error:
        raise NotYet from error


@transaction.atomic
def made(document: InvoiceDocument, *, waits: bool = True) -> InvoiceDocument:
    """The paper, made now unless it was. Whoever comes second waits for the first, or finds none. Raises PdfTrouble."""
    with tenant(document.agency_id):
        rows = InvoiceDocument.objects.select_related("invoice__client__agency", "invoice__corrects", "file")
        row = rows.select_for_update(of=("self",), skip_locked=not waits).get(pk=document.pk)
        if row.file_id is None:
            invoice = row.invoice
            with translation.override(invoice.language):
                content = _content_or_trouble(row)
            name = NAMES[PaperKind(row.kind)].format(invoice.number)
            row.file = store_bytes(name, content, client=invoice.client, area="money", project=invoice.project)
            row.sha256, row.made_at = row.file.sha256, timezone.now()
            row.save(update_fields=["file", "sha256", "made_at"])
    return row


def _content_or_trouble(row: InvoiceDocument) -> bytes:
    """Whatever goes wrong: who asks for it is told that it is not there yet, and the log says why."""
    try:
        return _content(row)
    except PdfTrouble:
        raise
    except Exception as error:
        log.exception("no paper", extra={"document": row.pk, "kind": row.kind})
        raise PdfTrouble("not made") from error


def _content(row: InvoiceDocument) -> bytes:
    invoice = row.invoice
    if row.kind == PaperKind.XRECHNUNG:
        return xrechnung_of(invoice)
    if row.kind == PaperKind.ANNEX:
        return annex_of(invoice)
    return _with_data(pdf_of_invoice(invoice), cii_of(invoice), invoice)


def _with_data(pdf: bytes, xml: bytes, invoice) -> bytes:
    """The PDF with the same invoice inside as data (PDF/A-3, Factur-X, ZUGFeRD)."""
    return facturx.generate_from_binary(
        pdf,
        xml,
        level="en16931",
        check_xsd=False,  # done when it was made
        check_schematron=False,
        lang=invoice.language,
        afrelationship="alternative",
    )

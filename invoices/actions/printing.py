"""Which papers an invoice has: ordered with its issue, made by a task; and which are made first."""

from collections.abc import Iterable

from django.utils import timezone

from invoices import tasks
from invoices.models import Invoice, InvoiceDocument, LineSource, PaperKind
from portal.core.context import tenant
from portal.core.jobs import enqueue


def order(invoice: Invoice) -> None:
    """Order the PDF; an XRechnung when the buyer has a reference; the work report when it was wished and there is work."""
    kinds = [PaperKind.PDF]
    if invoice.buyer.get("buyer_reference"):
        kinds.append(PaperKind.XRECHNUNG)
    if invoice.with_annex and invoice.lines.filter(source=LineSource.WORK).exists():
        kinds.append(PaperKind.ANNEX)
    for kind in kinds:
        row = InvoiceDocument.objects.create(agency_id=invoice.agency_id, invoice=invoice, kind=kind)
        enqueue(tasks.make_paper, row.agency_id, row.pk)


def hurry(rows: Iterable[InvoiceDocument]) -> None:
    """Somebody waits for them: they are made next. Those that failed keep their pause."""
    for row in rows:
        if row.file_id is None and not row.tries:
            with tenant(row.agency_id):
                InvoiceDocument.objects.filter(pk=row.pk, file=None).update(next_try_at=timezone.now())
            enqueue(tasks.make_paper, row.agency_id, row.pk)

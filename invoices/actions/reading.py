"""That a contact has opened an invoice, and downloaded it: the agency wants to know whether it arrived."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from invoices.events import READ
from invoices.models import Invoice, InvoiceRead
from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Member


@transaction.atomic
def read(invoice: Invoice, *, by: Member, downloads: bool = False) -> None:
    """Marks the first time of each; staff leave no mark. The first contact who opens one of the agency's is told to the manager."""
    if not by.is_contact or invoice.is_draft:
        return
    mine: dict[str, Any] = {"agency_id": invoice.agency_id, "invoice": invoice, "member": by}
    row, is_new = InvoiceRead.objects.get_or_create(**mine)
    if downloads and row.downloaded_at is None:
        row.downloaded_at = timezone.now()
        row.save(update_fields=["downloaded_at"])
    if is_new and invoice.issuer_id is None and _is_first(row):
        record(READ, invoice, by=by, invoice=invoice.pk, number=invoice.number, title=invoice.title)


def _is_first(row: InvoiceRead) -> bool:
    """Asked with the agency's sight: a contact does not see who else has read it."""
    with tenant(row.agency_id):
        return not InvoiceRead.objects.filter(agency_id=row.agency_id, invoice=row.invoice).exclude(pk=row.pk).exists()

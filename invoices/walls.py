"""Papers with sums on them are hidden from staff whose role sees none."""

from django.db.models import QuerySet

from invoices.models import InvoiceDocument
from portal.tenancy.models import Member


def files_hidden_from(member: Member) -> QuerySet:
    """Ids of files."""
    rows = InvoiceDocument.objects.filter(agency_id=member.agency_id, file__isnull=False)
    return (rows.none() if member.can("money") else rows).values("file_id")

"""Papers with sums on them are hidden from staff whose role sees none; what a provider wrote, from the agency altogether."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from invoices.models import InvoiceDocument
from portal.people.veils import Test, Veil
from portal.tenancy.models import Member


def files_hidden_from(member: Member) -> QuerySet:
    """Ids of files."""
    rows = InvoiceDocument.objects.filter(agency_id=member.agency_id, file__isnull=False)
    return (rows.none() if member.can("money") else rows).values("file_id")


def sums_kept_from(reader: Member) -> Test:
    """Rows of a provider are nobody's business but its client's; those of the agency are for whoever sees sums."""
    sees_sums = reader.is_specialist and reader.can("money")
    return lambda image: image["issuer_id"] is not None or not sees_sums


def file_of_provider(reader: Member) -> Test:
    return lambda image: image.get("vendor_id") is not None


VEILS = (
    Veil("invoices_invoice", _("an invoice"), sums_kept_from),
    Veil("invoices_payment", _("a payment"), sums_kept_from),
    Veil("files_file", _("a file of a provider"), file_of_provider),
)
"""The audit log names none of these to such readers."""

"""Issued invoices for tests about what comes after: made elsewhere, so that no draft and no PDF has to be made first."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile

from invoices.actions.uploading import bring
from invoices.models import Invoice
from portal.tenancy.models import Client, Member

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
TODAY = date(2026, 11, 19)
_numbers = count(1)


def pdf(name: str = "invoice.pdf", content: bytes = b"") -> SimpleUploadedFile:
    """A small PDF; each is another file."""
    return SimpleUploadedFile(name, content or PDF + f"\n% {next(_numbers)}".encode(), "application/pdf")


def bill(client: Client, gross: str = "119.00", *, by: Member, number: str = "", **words) -> Invoice:
    """Issued on 2 November 2026, due a fortnight later, unless told otherwise."""
    issued_on = words.pop("issued_on", date(2026, 11, 2))
    usual = {"currency": "EUR", "due_on": issued_on + timedelta(days=14), "issued_on": issued_on}
    number = number or f"2026-{next(_numbers):04}"
    return bring(client, pdf(), by=by, number=number, gross=Decimal(gross), **usual | words)

"""Issued invoices for tests about what comes after: made elsewhere, so that no draft and no PDF has to be made first."""

import io
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter

from invoices.actions.uploading import bring
from invoices.models import Invoice
from portal.tenancy.models import Client, Member

_numbers = count(1)


def pdf(name: str = "invoice.pdf") -> SimpleUploadedFile:
    """An empty page; each is another file."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": str(next(_numbers))})
    writer.write(out)
    return SimpleUploadedFile(name, out.getvalue(), "application/pdf")


def bill(client: Client, gross: str = "119.00", *, by: Member, number: str = "", **words) -> Invoice:
    """Issued on 2 November 2026, due a fortnight later, unless told otherwise."""
    issued_on = words.pop("issued_on", date(2026, 11, 2))
    usual = {"currency": "EUR", "due_on": issued_on + timedelta(days=14), "issued_on": issued_on}
    number = number or f"2026-{next(_numbers):04}"
    return bring(client, pdf(), by=by, number=number, gross=Decimal(gross), **usual | words)

"""Invoices of a client for the scenery: one of work, with its PDF; a credit note; a draft. Who sees no sums, sees none of it."""

import io
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

from django.db import connections, transaction
from django.utils import timezone
from pypdf import PdfWriter

from invoices.actions import crediting, drafting, issuing, reading
from invoices.actions.drafting import Part
from invoices.models import InvoiceCounter, InvoiceDocument, TaxProfile
from portal.files.actions import store_bytes
from tests.invoices.conftest import OCTOBER, both_sides
from tests.settling_scenery import FROZEN_MONEY
from worklog.actions import invoicing, logging, rating
from worklog.days import Stretch
from worklog.models import WorkEntry

OF_MONEY = {"events_event": "invoices_events", "files_file": "invoices_files"}
"""What tokens in rows of the area money are called."""
KEPT_OF_INVOICES = {
    "invoices_invoice": "series number currency language books_source work_group",
    "invoices_invoicecounter": "series",
    "invoices_invoicedocument": "sha256",
    "invoices_taxprofile": "series credit_series iban bic country vat_id postcode",
    "invoices_billingdata": "country vat_id currency language postcode",
    "invoices_linework": "results",
    "worklog_workrate": "currency",
}
CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
KEPT_KEYS = {"iban", "bic", "country", "postcode", "books_currency", "vat_id", "invoice"}
"""Words inside JSON that the product computes with."""
FROZEN = (
    "invoice:frozen invoiceline:frozen linework:frozen invoicetax:frozen invoicedocument:frozen setoff:frozen "
    "invoicecounter:frozen"
).split()


def invoices(t) -> None:
    """Call with the agency's sight."""
    client = t.client
    t.billing = both_sides(client)
    t.tax_profile = TaxProfile.objects.get(agency=client.agency)
    t.work_rate = rating.rate(Decimal(95), "EUR", by=t.owner, valid_from=date(2026, 1, 1), client=client)
    t.charged_work, today = _seen(t, 45, "Charged"), timezone.localdate()
    week = today - timedelta(days=7)
    t.invoice = invoicing.draft(client, week, today, by=t.owner, group="kind", title="Retainer")
    drafting.add_line(t.invoice, Part("Report", Decimal(1), Decimal("47.90"), detail="Fixed"), by=t.owner)
    drafting.change(t.invoice, by=t.owner, intro="Dear Anna", notes="Thank you", with_annex=True)
    t.invoice = issuing.issue(t.invoice, by=t.owner)
    line = t.invoice.lines.get(source="free")
    t.credit_note = crediting.credit(t.invoice, by=t.owner, reason="No report", quantities={line.pk: Decimal("0.5")})
    words = {"by": t.owner, "title": "Not yet", "intro": "Half a sentence", **OCTOBER}
    t.invoice_draft = drafting.draft(client, [Part("Idea", Decimal(1), Decimal(10))], **words)
    t.draft_line = t.invoice_draft.lines.get()
    t.invoice_line, t.line_work = t.invoice.lines.get(source="work"), t.invoice.lines.get(source="work").work.get()
    t.invoice_tax, t.set_off = t.invoice.taxes.get(), t.invoice.set_offs.get()
    t.counter = InvoiceCounter.objects.get(agency=client.agency)
    t.invoice_paper = _printed(t)
    reading.read(t.invoice, by=t.contact)
    t.invoice_read = t.invoice.reads.get()
    t.free_work = _seen(t, 15, "Free to be charged")


def _seen(t, minutes: int, text: str) -> WorkEntry:
    """Work that the client has seen."""
    yesterday = timezone.localdate() - timedelta(days=1)
    (row,) = logging.log(
        t.client, [Stretch(yesterday, minutes)], by=t.staff, kind="Content creation", text=text, charge="billable"
    )
    WorkEntry.objects.filter(pk=row.pk).update(visible_from=timezone.now() - timedelta(days=1))
    return row


def _printed(t) -> InvoiceDocument:
    """Papers as if they had been printed; a page says whose they are."""
    from tests.canary import token

    for row in InvoiceDocument.objects.filter(invoice__client=t.client):
        writer, out = PdfWriter(), io.BytesIO()
        writer.add_blank_page(200, 200)
        word = token(t.client.agency.slug, f"{t.client.slug}money", "invoices_files")
        writer.add_metadata({"/Title": word})
        writer.add_attachment(
            "factur-x.xml", f'<rsm:CrossIndustryInvoice xmlns:rsm="{CII}">{word}</rsm:CrossIndustryInvoice>'.encode()
        )
        writer.write(out)
        row.file = store_bytes(f"{row.pk}.pdf", out.getvalue(), client=t.client, area="money")
        row.sha256, row.made_at = row.file.sha256, timezone.now()
        row.save()
    return InvoiceDocument.objects.get(invoice=t.invoice, kind="pdf")


def places_of_invoices(name_of):
    """Model -> place of a row. A draft is the agency's own; what is issued is for whoever sees the client's sums."""

    def of_client(w, row):
        return f"{name_of(w, row.client_id)}money"

    def of_invoice(w, row):
        if row.issuer_id:
            return "pixelmoney"
        return "internalmoney" if row.issued_at is None else of_client(w, row)

    def with_invoice(w, row):
        return of_invoice(w, row.invoice)

    def inside(w, row):
        return "internalmoney"

    return {
        "invoice": of_invoice,
        "billingdata": of_client,
        **dict.fromkeys(
            ("invoiceline", "linework", "invoicetax", "setoff", "invoicedocument", "invoiceread"), with_invoice
        ),
        **dict.fromkeys(("taxprofile", "invoicecounter"), inside),
    }


@contextmanager
def unfrozen():
    """As the owner, who alone can: what was issued may be written over with tokens."""
    _switch("DISABLE")
    try:
        yield
    finally:
        _switch("ENABLE")


def _switch(how: str) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for pair in (*FROZEN, *FROZEN_MONEY):
            table, trigger = pair.split(":")
            cursor.execute(f"ALTER TABLE invoices_{table} {how} TRIGGER {trigger}")
        cursor.execute(f"ALTER TABLE worklog_workentry {how} TRIGGER invoiced")

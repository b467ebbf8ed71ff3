"""The walls around invoices. The agency's people never see what a provider writes to the client; contacts need the area
"money", and see what was issued; a provider's people see their own. What hangs on an invoice is seen with it."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable, of_clients

OWN_ORGANISATION = (
    "EXISTS (SELECT 1 FROM tenancy_member m WHERE m.id = (SELECT app_member_id()) "
    "AND m.vendor_id = invoices_invoice.issuer_id)"
)
INVOICE = (
    f"({AGENCY} AND issuer_id IS NULL) OR ({of_clients('money')} AND issued_at IS NOT NULL) "
    f"OR (issuer_id IS NOT NULL AND {OWN_ORGANISATION})"
)
# The inner query passes the walls of what it reads itself.
WITH_INVOICE = "EXISTS (SELECT 1 FROM invoices_invoice i WHERE i.id = invoice_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0001_models"),
        ("tenancy", "0003_walls"),
        ("files", "0004_wall_of_waiting"),
    ]
    operations = [
        SecureTable("TaxProfile", audited=True),
        SecureTable("BillingData", outsider=f"{AGENCY} OR {of_clients('money')}", audited=True),
        SecureTable("InvoiceCounter", audited=True),
        SecureTable("Invoice", outsider=INVOICE, audited=True),
        SecureTable("InvoiceLine", outsider=WITH_INVOICE, audited=True),
        SecureTable("LineWork", outsider=WITH_INVOICE, audited=True),
        SecureTable("InvoiceTax", outsider=WITH_INVOICE, audited=True),
        SecureTable("SetOff", outsider=WITH_INVOICE, audited=True),
        SecureTable("InvoiceDocument", outsider=WITH_INVOICE, audited=True),
        SecureTable("InvoiceRead", outsider=f"{WITH_INVOICE} AND ({AGENCY} OR {OWN_MEMBER})", outsiders_write=True),
    ]

"""The walls around payments: seen like the invoices of their issuer. What the bank says stays with the agency.

What a provider writes to its client is written with nobody's eyes (no member): the action has judged who asks.
"""

from django.db import migrations

from portal.tenancy.walls import AGENCY, SecureTable, of_clients

SYSTEM = "(SELECT app_member_id()) IS NULL"


def own_organisation(table: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM tenancy_member m WHERE m.id = (SELECT app_member_id()) "
        f"AND m.vendor_id = {table}.issuer_id)"
    )


def of_issuer(table: str, when: str = "") -> str:
    """Rows of the agency's own for its people, all of a client for its people, a provider's for those who work there."""
    clients = f"{of_clients('money')} AND {when}" if when else of_clients("money")
    return (
        f"({AGENCY} AND (issuer_id IS NULL OR {SYSTEM})) OR ({clients}) "
        f"OR (issuer_id IS NOT NULL AND {own_organisation(table)})"
    )


BEFORE = (
    f"({AGENCY} AND issuer_id IS NULL) OR ({of_clients('money')} AND issued_at IS NOT NULL) "
    f"OR (issuer_id IS NOT NULL AND {own_organisation('invoices_invoice')})"
)
# The inner queries pass the walls of what they read themselves.
WITH_INVOICE = "EXISTS (SELECT 1 FROM invoices_invoice i WHERE i.id = invoice_id)"
WITH_PAYMENT = "EXISTS (SELECT 1 FROM invoices_payment p WHERE p.id = payment_id)"
WITH_CREDIT = "EXISTS (SELECT 1 FROM invoices_invoice i WHERE i.id = credit_id)"
WHO_SEES_SUMS = f"{AGENCY} OR cardinality((SELECT app_client_ids('money'))::bigint[]) > 0"


class Migration(migrations.Migration):
    dependencies = [("invoices", "0004_payments_and_reminders"), ("files", "0007_wall_of_providers")]
    operations = [
        migrations.RunSQL(
            f"ALTER POLICY outsider ON invoices_invoice USING ({of_issuer('invoices_invoice', 'issued_at IS NOT NULL')})",
            f"ALTER POLICY outsider ON invoices_invoice USING ({BEFORE})",
        ),
        SecureTable("BankFile", audited=True),
        SecureTable("BankLine", audited=True),
        SecureTable("Payment", outsider=of_issuer("invoices_payment"), audited=True),
        SecureTable("Allocation", outsider=WITH_INVOICE, audited=True),
        SecureTable("Waiver", outsider=WITH_INVOICE, audited=True),
        SecureTable("Refund", outsider=f"{WITH_PAYMENT} OR {WITH_CREDIT}", audited=True),
        SecureTable("ReminderPolicy", audited=True),
        SecureTable("ReminderTier", outsider=WHO_SEES_SUMS, audited=True),
        SecureTable("Reminder", outsider=WITH_INVOICE, audited=True),
        SecureTable("MoneyCheck", audited=True),
    ]

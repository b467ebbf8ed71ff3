"""Invoices can be found by number, client, notes and the texts of their lines; drafts by the agency alone, a provider's never by it."""

from django.db import migrations

from portal.search.indexing import IndexWords

INVOICE = """
SELECT i.agency_id, i.client_id, NULL::bigint AS project_id, '{area}' AS area, NULL::timestamptz AS visible_from,
  i.issued_at IS NULL AS internal, coalesce((i.issued_on + time '12:00') AT TIME ZONE 'UTC', i.created_at) AS happened_at,
  i.created_by_id AS author_id, NULL::text AS who, concat_ws(' ', i.number, i.title) AS title,
  concat_ws(' ', c.name, i.buyer ->> 'name', i.external_id, i.reason,
    (SELECT string_agg(concat_ws(' ', l.text, l.detail), ' ' ORDER BY l.position) FROM invoices_invoiceline l
      WHERE l.agency_id = i.agency_id AND l.invoice_id = i.id), i.intro, i.notes) AS body
FROM invoices_invoice i JOIN tenancy_client c ON c.agency_id = i.agency_id AND c.id = i.client_id
WHERE i.agency_id = of_agency AND i.id = thing AND i.issuer_id IS {issuer}
"""
TABLES = {
    "invoices_invoice": "SELECT ($1).id",
    "invoices_invoiceline": "SELECT ($1).invoice_id",
    "tenancy_client": "SELECT id FROM invoices_invoice WHERE agency_id = ($1).agency_id AND client_id = ($1).id",
}
# Settling changes the invoice often, and nothing that can be found.
READ = {
    "invoices_invoice": "number, title, reason, external_id, intro, notes, buyer, issued_at, issued_on, client_id",
    "invoices_invoiceline": "text, detail, position",
    "tenancy_client": "name",
}
PROVIDERS = {name: TABLES[name] for name in ("invoices_invoice", "tenancy_client")}


class Migration(migrations.Migration):
    dependencies = [("invoices", "0006_payments_fit"), ("search", "0004_of_providers")]
    operations = [
        IndexWords("invoices", INVOICE.format(area="money", issuer="NULL"), TABLES, READ),
        IndexWords("provider_invoices", INVOICE.format(area="provider", issuer="NOT NULL"), PROVIDERS, READ),
    ]

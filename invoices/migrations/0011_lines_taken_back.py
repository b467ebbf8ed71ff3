"""A line of a credit note knows which line it takes back; for those that were issued before, it is the one that says the same."""

import django.db.models.deletion
from django.db import migrations

import portal.tenancy.walls

KEY = "invoices_invoiceline_takes_back_id_tenant"
FILL = """
WITH said AS (
  SELECT l.id, l.agency_id, i.kind, coalesce(i.corrects_id, i.id) AS bill, row_number() OVER (
    PARTITION BY l.invoice_id, l.text, l.detail, l.unit, l.unit_price, l.tax_category, l.tax_rate ORDER BY l.position
  ) AS place, ROW(l.text, l.detail, l.unit, l.unit_price, l.tax_category, l.tax_rate) AS words
  FROM invoices_invoiceline l JOIN invoices_invoice i ON (i.agency_id, i.id) = (l.agency_id, l.invoice_id)
)
UPDATE invoices_invoiceline mine SET takes_back_id = line.id
FROM said note JOIN said line ON line.kind = 'invoice'
  AND (line.agency_id, line.bill, line.place, line.words) = (note.agency_id, note.bill, note.place, note.words)
WHERE note.kind = 'credit' AND mine.id = note.id
"""
CONSTRAINT = (
    f"ALTER TABLE invoices_invoiceline ADD CONSTRAINT {KEY} FOREIGN KEY (agency_id, takes_back_id) "
    "REFERENCES invoices_invoiceline (agency_id, id) DEFERRABLE INITIALLY DEFERRED"
)


class Migration(migrations.Migration):
    dependencies = [("invoices", "0010_subject_of_line")]
    operations = [
        migrations.AddField(
            "invoiceline",
            "takes_back",
            portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoices.invoiceline",
            ),
        ),
        migrations.RunSQL(
            [
                "ALTER TABLE invoices_invoiceline DISABLE TRIGGER frozen",
                FILL,
                "SET CONSTRAINTS ALL IMMEDIATE",
                "ALTER TABLE invoices_invoiceline ENABLE TRIGGER frozen",
                CONSTRAINT,
            ],
            f"ALTER TABLE invoices_invoiceline DROP CONSTRAINT {KEY}",
        ),
    ]

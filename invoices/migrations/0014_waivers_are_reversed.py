"""What was waived may be asked for again: like a payment a waiver is reversed, once, and stays in the books."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import portal.tenancy.walls

KEY = "invoices_waiver_reversed_by_id_tenant"
CONSTRAINT = (
    f"ALTER TABLE invoices_waiver ADD CONSTRAINT {KEY} FOREIGN KEY (agency_id, reversed_by_id) "
    "REFERENCES tenancy_member (agency_id, id) DEFERRABLE INITIALLY DEFERRED"
)
STAYS = """
CREATE FUNCTION invoices_waiver_reversal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.reversed_at IS NOT NULL AND (NEW.reversed_at, NEW.reversal_reason) IS DISTINCT FROM (OLD.reversed_at, OLD.reversal_reason) THEN
    PERFORM invoices_refuse('a reversal stays');
  END IF;
  RETURN NEW;
END $$
"""
REVERSAL = (
    "CREATE TRIGGER reversal BEFORE UPDATE ON invoices_waiver "
    "FOR EACH ROW EXECUTE FUNCTION invoices_waiver_reversal_stays()"
)


def settled(waivers: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION invoices_settled(agency bigint, bill bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT sum(a.amount) FROM invoices_allocation a
      JOIN invoices_payment p ON p.agency_id = a.agency_id AND p.id = a.payment_id
      WHERE a.agency_id = agency AND a.invoice_id = bill AND p.reversed_at IS NULL), 0)
    + coalesce((SELECT sum(w.amount) FROM invoices_waiver w WHERE {waivers}), 0)
    + coalesce((SELECT sum(s.amount) FROM invoices_setoff s
      WHERE s.agency_id = agency AND bill IN (s.invoice_id, s.credit_id)), 0)
    + coalesce((SELECT sum(r.amount) FROM invoices_refund r WHERE r.agency_id = agency AND r.credit_id = bill), 0)
$$"""


def frozen(free: str) -> list[str]:
    names = ", ".join(repr(name) for name in free.split())
    return [
        "DROP TRIGGER frozen ON invoices_waiver",
        "CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON invoices_waiver FOR EACH ROW "
        f"EXECUTE FUNCTION invoices_keep_but({names})",
    ]


OF_BILL = "w.agency_id = agency AND w.invoice_id = bill"


class Migration(migrations.Migration):
    dependencies = [("invoices", "0013_how_work_was_taken"), ("tenancy", "0012_vendors_without_names")]
    operations = [
        migrations.AddField("waiver", "reversed_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "waiver",
            "reversed_by",
            portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddField(
            "waiver",
            "reversal_reason",
            models.CharField(
                blank=True, db_default="", editable=False, max_length=300, verbose_name="Why it was reversed"
            ),
        ),
        migrations.AddConstraint(
            "waiver",
            models.CheckConstraint(
                condition=Q(reversed_at=None, reversal_reason="")
                | (Q(reversed_at__isnull=False) & ~Q(reversal_reason="")),
                name="waiver_reversal_has_a_reason",
            ),
        ),
        migrations.RunSQL(CONSTRAINT, f"ALTER TABLE invoices_waiver DROP CONSTRAINT {KEY}"),
        migrations.RunSQL(
            [
                STAYS,
                REVERSAL,
                settled(f"{OF_BILL} AND w.reversed_at IS NULL"),
                *frozen("waived_by_id reversed_at reversed_by_id reversal_reason"),
            ],
            [
                *frozen("waived_by_id"),
                settled(OF_BILL),
                "DROP TRIGGER reversal ON invoices_waiver",
                "DROP FUNCTION invoices_waiver_reversal_stays()",
            ],
        ),
    ]

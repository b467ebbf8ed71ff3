"""Payments have an external id, too; as with invoices it may be said later."""

from django.db import migrations, models
from django.db.models import Q

BEFORE = "recorded_by_id reversed_at reversed_by_id reversal_reason"


def frozen(free: str) -> list[str]:
    names = ", ".join(repr(name) for name in free.split())
    return [
        "DROP TRIGGER frozen ON invoices_payment",
        "CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON invoices_payment FOR EACH ROW "
        f"EXECUTE FUNCTION invoices_keep_but({names})",
    ]


class Migration(migrations.Migration):
    dependencies = [("invoices", "0007_search")]
    operations = [
        migrations.AddField(
            "payment",
            "external_id",
            models.CharField(blank=True, db_default="", max_length=120, verbose_name="External id"),
        ),
        migrations.AddConstraint(
            "payment",
            models.UniqueConstraint(
                fields=["agency", "external_id"], name="payment_external_id_once", condition=~Q(external_id="")
            ),
        ),
        migrations.RunSQL(frozen(f"{BEFORE} external_id"), frozen(BEFORE)),
    ]

"""Bank files are kept as they came; nobody changes them, and after their time they are deleted."""

import django.utils.timezone
from django.db import migrations, models
from django.db.models import CASCADE

from portal.tenancy.walls import SecureTable, TenantForeignKey

FROZEN = "CREATE TRIGGER frozen BEFORE UPDATE ON invoices_bankcontent FOR EACH ROW EXECUTE FUNCTION invoices_keep_but()"


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0008_external_ids"),
        ("tenancy", "0012_vendors_without_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankContent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                ("kept_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("agency", models.ForeignKey(editable=False, on_delete=CASCADE, related_name="+", to="tenancy.agency")),
                (
                    "file",
                    TenantForeignKey(
                        db_constraint=False, editable=False, on_delete=CASCADE, related_name="+", to="invoices.bankfile"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["kept_at"], name="bank_content_oldest")],
                "constraints": [models.UniqueConstraint(fields=("agency", "file"), name="bank_content_once")],
            },
        ),
        SecureTable("BankContent", audited=True, secrets=("content",)),
        migrations.RunSQL(FROZEN, "DROP TRIGGER frozen ON invoices_bankcontent"),
    ]

"""A line knows the ticket or protocol that its work was for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoices", "0009_bank_contents")]
    operations = [
        migrations.AddField(
            "invoiceline",
            "subject_type",
            models.CharField(blank=True, db_default="", editable=False, max_length=60),
        ),
        migrations.AddField("invoiceline", "subject_id", models.BigIntegerField(editable=False, null=True)),
    ]

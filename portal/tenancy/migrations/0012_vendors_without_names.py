"""Vendors can be kept from learning what clients are called; a provider knows the client that engaged it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0011_rights_of_vendors")]

    operations = [
        migrations.AddField(
            model_name="vendor",
            name="knows_client",
            field=models.BooleanField(db_default=True, default=True, verbose_name="Learns the client's name"),
        ),
        migrations.AddConstraint(
            model_name="vendor",
            constraint=models.CheckConstraint(
                condition=models.Q(engagement="supplier") | models.Q(knows_client=True),
                name="vendor_provider_knows_client",
            ),
        ),
    ]

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0014_words_of_trouble"),
        ("tenancy", "0011_rights_of_vendors"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="inboundmail",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["received_at"], name="inbound_received"),
        ),
    ]

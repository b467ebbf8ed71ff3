"""A mail may name what must still be so when it leaves."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0015_hours_without_mail")]
    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="only_if",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="only_if_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, editable=False, size=None
            ),
        ),
    ]

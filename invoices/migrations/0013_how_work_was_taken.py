"""A draft remembers how its lines were taken from work, for when they are taken again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoices", "0012_set_off_again")]
    operations = [
        migrations.AddField("invoice", "work_group", models.CharField(blank=True, editable=False, max_length=10)),
        migrations.AddField("invoice", "with_retainer", models.BooleanField(default=False, editable=False)),
    ]

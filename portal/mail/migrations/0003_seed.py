"""A mail gets the seed of its secret. The old version of the portal may go on writing mails without one meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0002_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="seed",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
    ]

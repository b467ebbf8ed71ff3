"""A mail that could not be written ends too, or it would hold up all later ones of its person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_walls_of_deliveries")]
    operations = [
        migrations.AlterField(
            "delivery",
            "outcome",
            models.CharField(
                blank=True,
                choices=[
                    ("mailed", "Mailed"),
                    ("read", "read in the portal before"),
                    ("off", "switched off meanwhile"),
                    ("closed", "no longer open to this person"),
                    ("broken", "could not be written, see the log"),
                ],
                max_length=8,
            ),
        ),
    ]

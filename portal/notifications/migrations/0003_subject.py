"""A notification says what it is about. The old version of the portal may go on writing some without it meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_walls")]
    operations = [
        migrations.AddField(
            model_name="notification",
            name="subject_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="subject_type",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
    ]

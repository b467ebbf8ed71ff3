"""How often a reader of an event failed, and since when nobody tries any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0004_walls_of_revisions")]
    operations = [
        migrations.AddField(
            model_name="event",
            name="tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="Failed tries"),
        ),
        migrations.AddField(
            model_name="event",
            name="set_aside_at",
            field=models.DateTimeField(null=True, verbose_name="Set aside"),
        ),
    ]

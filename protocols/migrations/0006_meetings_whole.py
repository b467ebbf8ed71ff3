"""When meetings were changed, why one needs no protocol, how often its leader was reminded, and finding a calendar's address."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("protocols", "0005_language_of_protocol")]
    operations = [
        migrations.AddField(
            model_name="meetingseries",
            name="edited_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="meeting",
            name="edited_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="meeting",
            name="waived_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="Reason"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="reminders",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="calendarfeed", index=models.Index(fields=["agency", "secret"], name="calendar_feed_by_secret")
        ),
    ]

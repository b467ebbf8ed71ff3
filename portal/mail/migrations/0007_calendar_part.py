"""Invitations carry an iCalendar part."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0006_walls_of_replies")]
    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="calendar",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]

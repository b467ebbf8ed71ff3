"""How often somebody was reminded of an action item."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("protocols", "0011_named_in_action_items")]
    operations = [
        migrations.AddField(
            model_name="actionitem", name="reminders", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.RunSQL(
            "UPDATE protocols_actionitem SET reminders = 1 WHERE reminded_at IS NOT NULL", migrations.RunSQL.noop
        ),
    ]

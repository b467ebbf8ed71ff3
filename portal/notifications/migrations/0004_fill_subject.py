"""What older notifications are about, from their events."""

from django.db import migrations

FILL = """
UPDATE notifications_notification n SET subject_type = e.subject_type, subject_id = e.subject_id
  FROM events_event e WHERE e.id = n.event_id AND n.subject_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_subject"), ("events", "0002_walls")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]

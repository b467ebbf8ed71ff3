"""When something happened last of which outsiders may know; of older tickets from their public words and changes."""

import django.utils.timezone
from django.db import migrations, models

FILL = """
UPDATE tickets_ticket t SET told_at = greatest(
  t.created_at,
  (SELECT max(c.created_at) FROM tickets_comment c WHERE c.ticket_id = t.id AND NOT c.is_private),
  (SELECT max(h.changed_at) FROM tickets_change h WHERE h.ticket_id = t.id AND NOT h.is_internal)
)
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0007_doubts")]
    operations = [
        migrations.AddField(
            "ticket", "told_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

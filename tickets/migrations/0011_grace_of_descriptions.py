"""Earlier words of descriptions that only the agency sees, because whoever wrote them changed them at once."""

from django.db import migrations, models

from portal.tenancy.walls import AGENCY

WITH_TICKET = "EXISTS (SELECT 1 FROM tickets_ticket t WHERE t.id = ticket_id)"
POLICY = "ALTER POLICY outsider ON tickets_descriptionversion USING ({})"
FILL = """
UPDATE tickets_descriptionversion v SET is_internal = true FROM tickets_ticket t
WHERE t.id = v.ticket_id AND t.agency_id = v.agency_id AND v.edited_by_id = t.opened_by_id
  AND v.until < t.created_at + interval '5 minutes'
  AND t.logger_id = t.opened_by_id AND t.inbound_id IS NULL AND t.content_key = ''
  AND NOT EXISTS (
    SELECT 1 FROM tickets_descriptionversion o
    WHERE o.ticket_id = v.ticket_id AND o.until < v.until AND o.edited_by_id IS DISTINCT FROM v.edited_by_id
  )
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0010_withdrawn")]
    operations = [
        migrations.AddField("descriptionversion", "is_internal", models.BooleanField(default=False, db_default=False)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(
            POLICY.format(f"{AGENCY} OR (NOT is_internal AND {WITH_TICKET})"),
            POLICY.format(f"{AGENCY} OR {WITH_TICKET}"),
        ),
    ]

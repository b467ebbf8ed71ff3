"""Results that were added to what the client knew already wait for approval: contacts do not see them until then."""

from django.db import migrations, models

from portal.tenancy.walls import AGENCY

# The inner queries pass the walls of entries and events themselves.
WITH_ENTRY = "EXISTS (SELECT 1 FROM worklog_workentry e WHERE e.id = entry_id)"
WITH_EVENT = "(event_id IS NULL OR EXISTS (SELECT 1 FROM events_event v WHERE v.id = event_id))"
LET = "(held_at IS NULL OR (SELECT app_scope()) = 'vendor')"


class Migration(migrations.Migration):
    dependencies = [("worklog", "0008_doubts_and_evidence")]
    operations = [
        migrations.AddField(
            model_name="workresult", name="held_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="workresult", name="let_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.RunSQL(
            f"ALTER POLICY outsider ON worklog_workresult USING ({AGENCY} OR ({WITH_ENTRY} AND {WITH_EVENT} AND {LET}))",
            f"ALTER POLICY outsider ON worklog_workresult USING ({AGENCY} OR ({WITH_ENTRY} AND {WITH_EVENT}))",
        ),
    ]

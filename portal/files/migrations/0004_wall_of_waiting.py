"""The wall of files that belong to an event of the timeline: outsiders have them when, and as long as, they see the event."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, of_clients, of_projects

AREAS = ("work", "tickets", "mails", "money", "security")
BY_AREA = " OR ".join(f"(area = '{area}' AND {of_clients(area)})" for area in AREAS)
BY_PROJECT = f"(area IN ('work', 'tickets', 'mails') AND {of_projects()})"
# The inner query passes the wall of the events itself.
SHOWN = "(event_id IS NULL OR EXISTS (SELECT 1 FROM events_event e WHERE e.id = event_id))"
KEY = "files_file_event_id_tenant"


class Migration(migrations.Migration):
    dependencies = [("files", "0003_waits_for_event"), ("events", "0002_walls")]
    operations = [
        migrations.RunSQL(
            f"ALTER TABLE files_file ADD CONSTRAINT {KEY} FOREIGN KEY (agency_id, event_id) "
            "REFERENCES events_event (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE files_file DROP CONSTRAINT {KEY}",
        ),
        migrations.RunSQL(
            f"ALTER POLICY outsider ON files_file USING "
            f"({AGENCY} OR (NOT is_internal AND {SHOWN} AND ({BY_AREA} OR {BY_PROJECT})))",
            f"ALTER POLICY outsider ON files_file USING ({AGENCY} OR (NOT is_internal AND ({BY_AREA} OR {BY_PROJECT})))",
        ),
    ]

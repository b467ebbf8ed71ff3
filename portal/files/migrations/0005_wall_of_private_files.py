"""Files of private words on tickets: vendors who may read private words have them too, and whoever uploaded one has it."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, of_clients, of_projects

AREAS = ("work", "tickets", "mails", "money", "security")
BY_AREA = " OR ".join(f"(area = '{area}' AND {of_clients(area)})" for area in AREAS)
BY_PROJECT = f"(area IN ('work', 'tickets', 'mails') AND {of_projects()})"
# The inner queries pass the walls of events, vendors and members themselves.
SHOWN = "(event_id IS NULL OR EXISTS (SELECT 1 FROM events_event e WHERE e.id = event_id))"
RIGHT = (
    "(SELECT v.reads_private FROM tenancy_vendor v JOIN tenancy_member m ON m.vendor_id = v.id "
    "WHERE m.id = (SELECT app_member_id()))"
)
PRIVATE = (
    f"(area = 'tickets' AND (SELECT app_scope()) = 'vendor' AND (uploaded_by_id = (SELECT app_member_id()) OR {RIGHT}))"
)
REACH = f"{SHOWN} AND ({BY_AREA} OR {BY_PROJECT})"


class Migration(migrations.Migration):
    dependencies = [("files", "0004_wall_of_waiting"), ("tenancy", "0011_rights_of_vendors")]
    operations = [
        migrations.RunSQL(
            f"ALTER POLICY outsider ON files_file USING ({AGENCY} OR ((NOT is_internal OR {PRIVATE}) AND {REACH}))",
            f"ALTER POLICY outsider ON files_file USING ({AGENCY} OR (NOT is_internal AND {REACH}))",
        ),
    ]

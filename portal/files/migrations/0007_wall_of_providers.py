"""The wall of files that a provider gave to its client: the agency's people do not see them, the provider's own do.

Work that nobody asks for (virus scan, index) has no member, and sees them.
"""

from django.db import migrations

from portal.tenancy.walls import AGENCY, of_clients, of_projects

AREAS = ("work", "tickets", "mails", "money", "security")
BY_AREA = " OR ".join(f"(area = '{area}' AND {of_clients(area)})" for area in AREAS)
BY_PROJECT = f"(area IN ('work', 'tickets', 'mails') AND {of_projects()})"
SHOWN = "(event_id IS NULL OR EXISTS (SELECT 1 FROM events_event e WHERE e.id = event_id))"
RIGHT = (
    "(SELECT v.reads_private FROM tenancy_vendor v JOIN tenancy_member m ON m.vendor_id = v.id "
    "WHERE m.id = (SELECT app_member_id()))"
)
PRIVATE = (
    f"(area = 'tickets' AND (SELECT app_scope()) = 'vendor' AND (uploaded_by_id = (SELECT app_member_id()) OR {RIGHT}))"
)
OUTSIDERS = f"((NOT is_internal OR {PRIVATE}) AND {SHOWN} AND ({BY_AREA} OR {BY_PROJECT}))"
OWN_ORGANISATION = (
    "(vendor_id IS NOT NULL AND EXISTS (SELECT 1 FROM tenancy_member m WHERE m.id = (SELECT app_member_id()) "
    "AND m.vendor_id = files_file.vendor_id))"
)
OF_AGENCY = f"({AGENCY} AND (vendor_id IS NULL OR (SELECT app_member_id()) IS NULL))"
KEY = "files_file_vendor_id_tenant"


class Migration(migrations.Migration):
    dependencies = [("files", "0006_of_providers"), ("tenancy", "0003_walls")]
    operations = [
        migrations.RunSQL(
            f"ALTER TABLE files_file ADD CONSTRAINT {KEY} FOREIGN KEY (agency_id, vendor_id) "
            "REFERENCES tenancy_vendor (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE files_file DROP CONSTRAINT {KEY}",
        ),
        migrations.RunSQL(
            f"ALTER POLICY outsider ON files_file USING ({OF_AGENCY} OR {OUTSIDERS} OR {OWN_ORGANISATION})",
            f"ALTER POLICY outsider ON files_file USING ({AGENCY} OR {OUTSIDERS})",
        ),
    ]

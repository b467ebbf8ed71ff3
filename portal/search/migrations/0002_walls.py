"""Entries are read by search_find alone (0003); the walls around the table hold if somebody reads it all the same."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, SecureTable, of_clients, of_projects

AREAS = " OR ".join(
    f"(area = '{area}' AND {of_clients(area)})" for area in ("work", "tickets", "mails", "money", "security")
)
SHARED = f"({of_projects()} AND area IN ('work', 'tickets', 'mails'))"


class Migration(migrations.Migration):
    dependencies = [("search", "0001_models"), ("tenancy", "0007_functions_of_the_walls")]
    operations = [
        SecureTable(
            "Entry", outsider=f"{AGENCY} OR (NOT internal AND visible_from <= now() AND ({AREAS} OR {SHARED}))"
        ),
        SecureTable("FileText"),
        # The one table whose owner passes its walls: see NOT_FORCED in portal/tenancy/catalogue.py.
        migrations.RunSQL(
            "ALTER TABLE search_entry NO FORCE ROW LEVEL SECURITY", "ALTER TABLE search_entry FORCE ROW LEVEL SECURITY"
        ),
    ]

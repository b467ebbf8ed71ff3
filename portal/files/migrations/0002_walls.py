"""The walls around files: an area at a time for contacts, shared projects for vendors, never money, never internal."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, SecureTable, of_clients, of_projects

AREAS = ("work", "tickets", "mails", "money", "security")
BY_AREA = " OR ".join(f"(area = '{area}' AND {of_clients(area)})" for area in AREAS)
BY_PROJECT = f"(area IN ('work', 'tickets', 'mails') AND {of_projects()})"


class Migration(migrations.Migration):
    dependencies = [("files", "0001_models"), ("tenancy", "0003_walls")]
    operations = [
        SecureTable(
            "File",
            outsider=f"{AGENCY} OR (NOT is_internal AND ({BY_AREA} OR {BY_PROJECT}))",
            outsiders_write=True,
            audited=True,
        ),
    ]

"""The walls around notifications: one's own rows, and of those only what is open now."""

from django.db import migrations

from portal.core.context import AREAS
from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable, of_clients, of_projects

BY_AREA = " OR ".join(f"(area = '{area}' AND {of_clients(area)})" for area in AREAS)
OPEN = f"client_id IS NULL OR {BY_AREA} OR {of_projects()}"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_models"), ("tenancy", "0003_walls"), ("events", "0002_walls")]
    operations = [
        SecureTable("Notification", outsider=f"{AGENCY} OR ({OWN_MEMBER} AND ({OPEN}))", outsiders_write=True),
        SecureTable("Preference", outsider=f"{AGENCY} OR {OWN_MEMBER}", outsiders_write=True),
    ]

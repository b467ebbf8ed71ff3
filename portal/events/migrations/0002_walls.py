"""The walls around events: nothing internal, nothing early, only the areas that are open. Only record() writes."""

from django.db import migrations

from portal.core.context import AREAS
from portal.tenancy.walls import AGENCY, SecureTable, of_clients, of_projects

BY_AREA = " OR ".join(f"(area = '{area}' AND {of_clients(area)})" for area in AREAS)
OWN_WORK = "((SELECT app_scope()) = 'vendor' AND actor_id = (SELECT app_member_id()))"
SHARED = f"({of_projects()} AND area IN ('work', 'tickets', 'mails'))"
DUE = f"(visible_from <= now() OR {OWN_WORK})"


class Migration(migrations.Migration):
    dependencies = [("events", "0001_models"), ("tenancy", "0003_walls")]
    operations = [
        SecureTable("Event", outsider=f"{AGENCY} OR (NOT internal AND {DUE} AND ({BY_AREA} OR {SHARED}))"),
    ]

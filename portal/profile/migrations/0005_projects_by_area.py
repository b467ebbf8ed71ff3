"""The profile is of the whole client: vendors of its projects read it, contacts whose access is limited to projects do not."""

from importlib import import_module

from django.db import migrations

from portal.tenancy.walls import AGENCY, change_outsider, of_clients, of_projects

old = import_module("portal.profile.migrations.0002_walls")
OF_VENDORS = f"client_id IN (SELECT p.client_id FROM tenancy_project p WHERE {of_projects('p.id', 'work')})"
OPEN = f"({of_clients('work')} OR ((SELECT app_scope()) = 'vendor' AND {OF_VENDORS}))"
SHARED = f"{AGENCY} OR (NOT is_internal AND {{}})"
SECTION = f"{AGENCY} OR ({{}} AND {old.WITH_A_FIELD})"


class Migration(migrations.Migration):
    dependencies = [("profile", "0004_search"), ("tenancy", "0013_limited_contacts")]
    operations = [
        change_outsider("profile_section", SECTION.format(OPEN), before=SECTION.format(old.WITH_VENDORS)),
        change_outsider("profile_field", SHARED.format(OPEN), before=SHARED.format(old.WITH_VENDORS)),
        change_outsider("profile_change", SHARED.format(OPEN), before=SHARED.format(old.WITH_VENDORS)),
    ]

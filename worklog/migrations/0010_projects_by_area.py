"""What a shared project opens goes by area; its contacts see entries of all, its vendors still those of their own house alone."""

from importlib import import_module

from django.db import migrations

from portal.tenancy.walls import AGENCY, change_outsider, of_projects, open_in

old = import_module("worklog.migrations.0002_walls")
CONTACTS = f"({open_in('work')} AND (SELECT app_scope()) = 'client' AND visible_from <= now())"
VENDORS = f"({of_projects(area='work')} AND vendor_id IS NOT NULL AND {old.OWN_ORGANISATION})"


class Migration(migrations.Migration):
    dependencies = [("worklog", "0009_held_results"), ("tenancy", "0013_limited_contacts")]
    operations = [
        change_outsider("worklog_workentry", f"{AGENCY} OR {CONTACTS} OR {VENDORS}", before=old.ENTRY),
    ]

"""What a shared project opens goes by area."""

from importlib import import_module

from django.db import migrations

from portal.tenancy.walls import OPEN_BY_AREA, change_outsider

old = import_module("portal.files.migrations.0007_wall_of_providers")
OUTSIDERS = f"((NOT is_internal OR {old.PRIVATE}) AND {old.SHOWN} AND ({OPEN_BY_AREA}))"
POLICY = f"{old.OF_AGENCY} OR {{}} OR {old.OWN_ORGANISATION}"


class Migration(migrations.Migration):
    dependencies = [("files", "0007_wall_of_providers"), ("tenancy", "0013_limited_contacts")]
    operations = [change_outsider("files_file", POLICY.format(OUTSIDERS), before=POLICY.format(old.OUTSIDERS))]

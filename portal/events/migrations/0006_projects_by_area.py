"""What a shared project opens goes by area."""

from importlib import import_module

from django.db import migrations

from portal.tenancy.walls import AGENCY, OPEN_BY_AREA, change_outsider

old = import_module("portal.events.migrations.0002_walls")
NOW = f"{AGENCY} OR (NOT internal AND {old.DUE} AND ({OPEN_BY_AREA}))"
BEFORE = f"{AGENCY} OR (NOT internal AND {old.DUE} AND ({old.BY_AREA} OR {old.SHARED}))"


class Migration(migrations.Migration):
    dependencies = [("events", "0005_tries"), ("tenancy", "0013_limited_contacts")]
    operations = [change_outsider("events_event", NOW, before=BEFORE)]

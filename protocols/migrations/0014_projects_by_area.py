"""What a shared project opens goes by area."""

from importlib import import_module

from django.db import migrations

from portal.tenancy.walls import AGENCY, change_outsider, for_outsiders, open_in

SHOWN = import_module("protocols.migrations.0002_walls").SHOWN
TABLES = ("protocols_actionitem", "protocols_meetingseries", "protocols_meeting")


class Migration(migrations.Migration):
    dependencies = [("protocols", "0013_search_of_meetings"), ("tenancy", "0013_limited_contacts")]
    operations = [
        change_outsider(
            "protocols_protocol",
            f"{AGENCY} OR ({open_in('work')} AND ({SHOWN}))",
            before=for_outsiders("work", when=SHOWN),
        ),
        *(change_outsider(name, f"{AGENCY} OR {open_in('work')}", before=for_outsiders("work")) for name in TABLES),
    ]

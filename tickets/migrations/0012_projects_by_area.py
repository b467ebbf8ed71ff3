"""What a shared project opens goes by area."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, change_outsider, for_outsiders, open_in


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_grace_of_descriptions"), ("tenancy", "0013_limited_contacts")]
    operations = [
        change_outsider("tickets_ticket", f"{AGENCY} OR {open_in('tickets')}", before=for_outsiders("tickets")),
    ]

"""The walls around what people keep for themselves: nobody else sees it, not even in the same agency."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable

# Trusted work of the agency itself, without any member, is let through: a client that goes takes its pins along.
OWN = f"{OWN_MEMBER} OR ({AGENCY} AND (SELECT app_member_id()) IS NULL)"


class Migration(migrations.Migration):
    dependencies = [("people", "0003_pins_and_start_choice"), ("tenancy", "0003_walls")]
    operations = [
        SecureTable("PinnedClient", outsider=OWN),
        SecureTable("StartChoice", outsider=OWN, outsiders_write=True),
    ]

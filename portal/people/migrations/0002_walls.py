"""The walls around invitations: contacts see those for the clients whose people they look after."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, SecureTable, of_clients


class Migration(migrations.Migration):
    dependencies = [("people", "0001_models"), ("tenancy", "0003_walls")]
    operations = [
        SecureTable("Invitation", outsider=f"{AGENCY} OR {of_clients('security')}", audited=True, secrets=("digest",)),
    ]

"""What a shared project opens goes by area."""

from importlib import import_module

from django.db import migrations

from portal.tenancy.walls import AGENCY, OPEN_BY_AREA, OWN_MEMBER, change_outsider

old = import_module("portal.notifications.migrations.0002_walls")
POLICY = f"{AGENCY} OR ({OWN_MEMBER} AND ({{}}))"
NOW = f"client_id IS NULL OR {OPEN_BY_AREA}"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_broken"), ("tenancy", "0013_limited_contacts")]
    operations = [change_outsider("notifications_notification", POLICY.format(NOW), before=POLICY.format(old.OPEN))]

"""The walls around deliveries: the agency's people see them, nobody else."""

from django.db import migrations

from portal.tenancy.walls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_delivery"), ("tenancy", "0003_walls")]
    operations = [SecureTable("Delivery")]

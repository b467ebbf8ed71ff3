"""The walls around answers: the agency's people see what was kept back, nobody else."""

from django.db import migrations

from portal.tenancy.walls import SecureTable


class Migration(migrations.Migration):
    dependencies = [("mail", "0005_replies"), ("tenancy", "0003_walls")]
    operations = [SecureTable("MailReply")]

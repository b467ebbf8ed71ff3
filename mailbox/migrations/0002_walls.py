"""The walls around mails: contacts by the area mails, providers by their client, suppliers by shared project."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable, for_outsiders


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0001_models"),
        ("mail", "0002_walls"),
        ("files", "0002_walls"),
        ("tenancy", "0003_walls"),
    ]
    operations = [
        SecureTable("Mail", outsider=for_outsiders("mails"), audited=True, secrets=("text", "html")),
        SecureTable("MailAttachment", outsider=for_outsiders("mails"), audited=True),
        SecureTable("MailRead", outsider=f"{AGENCY} OR {OWN_MEMBER}", outsiders_write=True),
    ]

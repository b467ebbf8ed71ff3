"""What a shared project opens goes by area."""

from importlib import import_module

from django.db import migrations

from portal.tenancy.walls import AGENCY, change_outsider, for_outsiders, open_in

OPEN = import_module("mailbox.migrations.0004_walls_of_held_mails").OPEN
NOW = f"{AGENCY} OR {open_in('mails')}"


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0009_search"), ("tenancy", "0013_limited_contacts")]
    operations = [
        change_outsider(
            "mailbox_mail",
            f"{AGENCY} OR ({open_in('mails')} AND ({OPEN}))",
            before=for_outsiders("mails", when=OPEN),
        ),
        change_outsider("mailbox_mailattachment", NOW, before=for_outsiders("mails")),
        change_outsider("mailbox_thread", NOW, before=for_outsiders("mails")),
    ]

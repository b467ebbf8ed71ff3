"""The walls around threads and drafts, and the composite keys of the new columns of mails."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable, for_outsiders

KEYS = (("thread_id", "mailbox_thread"), ("outgoing_id", "mail_outgoingmail"), ("author_id", "tenancy_member"))
# Trusted work of the agency itself, without any member, is let through: a client that goes takes its drafts along.
OWN = f"{OWN_MEMBER} OR ({AGENCY} AND (SELECT app_member_id()) IS NULL)"


def _key(column: str, target: str) -> migrations.RunSQL:
    name = f"mailbox_mail_{column}_tenant"
    return migrations.RunSQL(
        f"ALTER TABLE mailbox_mail ADD CONSTRAINT {name} FOREIGN KEY (agency_id, {column}) "
        f"REFERENCES {target} (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE mailbox_mail DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0005_threads"), ("mail", "0002_walls"), ("tenancy", "0003_walls")]
    operations = [
        SecureTable("Thread", outsider=for_outsiders("mails"), audited=True),
        SecureTable("Draft", outsider=OWN, outsiders_write=True),
        *(_key(*key) for key in KEYS),
    ]

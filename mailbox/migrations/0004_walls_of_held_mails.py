"""What is held back is the agency's alone, a test its sender's; and who took part in a mail so far is known."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable, for_outsiders

OPEN = "held_at IS NULL AND (tester_id IS NULL OR tester_id = (SELECT app_member_id()))"
POLICY = "ALTER POLICY outsider ON mailbox_mail USING ({})"
FILL = """
INSERT INTO mailbox_knownaddress (agency_id, client_id, address, known_at)
SELECT DISTINCT agency_id, client_id, lower(address), now() FROM (
  SELECT agency_id, client_id, from_address AS address FROM mailbox_mail
  UNION ALL SELECT agency_id, client_id, person ->> 'address' FROM mailbox_mail, jsonb_array_elements("to" || cc) person
) people WHERE address LIKE '%@%' AND length(address) <= 320
AND split_part(lower(address), '@', 2) NOT IN (SELECT domain FROM mail_clientaddress)
"""


def _key(column: str) -> migrations.RunSQL:
    name = f"mailbox_mail_{column}_tenant"
    return migrations.RunSQL(
        f"ALTER TABLE mailbox_mail ADD CONSTRAINT {name} FOREIGN KEY (agency_id, {column}) "
        "REFERENCES tenancy_member (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE mailbox_mail DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0003_held_mails"), ("tenancy", "0003_walls"), ("mail", "0002_walls")]
    operations = [
        SecureTable("KnownAddress"),
        SecureTable("AddressTest", outsider=f"{AGENCY} OR {OWN_MEMBER}", outsiders_write=True),
        *(_key(column) for column in ("let_in_by_id", "dismissed_by_id", "tester_id")),
        migrations.RunSQL(POLICY.format(for_outsiders("mails", when=OPEN)), POLICY.format(for_outsiders("mails"))),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

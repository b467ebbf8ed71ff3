"""The walls around addresses and both queues. What was accepted never changes: only the columns of its state can be written."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, SecureTable, audit_triggers, of_clients

STATE = "attempts, lease_until, processed_at, quarantined_at, reason, error"
FREEZE = f"""
REVOKE UPDATE ON mail_inboundmail FROM portal_app, portal_maint;
GRANT UPDATE ({STATE}) ON mail_inboundmail TO portal_app, portal_maint;
REVOKE UPDATE ON mail_mailroute FROM portal_app, portal_maint;
"""
THAW = """
GRANT UPDATE ON mail_inboundmail, mail_mailroute TO portal_app, portal_maint;
"""
_inserted, _updated, DELETED = audit_triggers("mail_inboundmail", ("raw",))


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_models"), ("tenancy", "0003_walls")]
    operations = [
        SecureTable("ClientAddress", outsider=f"{AGENCY} OR {of_clients('mails')}", audited=True),
        SecureTable("InboundMail"),
        SecureTable("OutgoingMail"),
        migrations.RunSQL(FREEZE, THAW),
        # A mail that arrives is no act of a person, and it cannot be changed; that one was thrown away is worth a line.
        migrations.RunSQL(DELETED, "DROP TRIGGER IF EXISTS audit_delete ON mail_inboundmail"),
    ]

"""The columns of discarding can be written; what a mail said can still not be changed, only be emptied once and for all."""

from django.db import migrations

STATE = "discarded_at, discarded_by_id, emptied_at, raw"
FUNCTION = """
CREATE FUNCTION mail_only_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.raw IS DISTINCT FROM OLD.raw AND (length(NEW.raw) > 0 OR NEW.discarded_at IS NULL OR NEW.emptied_at IS NULL) THEN
    RAISE EXCEPTION 'a mail that was accepted never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_emptied BEFORE UPDATE OF raw ON mail_inboundmail FOR EACH ROW EXECUTE FUNCTION mail_only_emptied();
"""
NO_FUNCTION = "DROP TRIGGER only_emptied ON mail_inboundmail; DROP FUNCTION mail_only_emptied();"
NAME = "mail_inboundmail_discarded_by_id_tenant"


class Migration(migrations.Migration):
    dependencies = [("mail", "0010_discarding"), ("tenancy", "0003_walls")]
    operations = [
        migrations.RunSQL(FUNCTION, NO_FUNCTION),
        migrations.RunSQL(
            f"GRANT UPDATE ({STATE}) ON mail_inboundmail TO portal_app, portal_maint",
            f"REVOKE UPDATE ({STATE}) ON mail_inboundmail FROM portal_app, portal_maint",
        ),
        migrations.RunSQL(
            f"ALTER TABLE mail_inboundmail ADD CONSTRAINT {NAME} FOREIGN KEY (agency_id, discarded_by_id) "
            "REFERENCES tenancy_member (agency_id, id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE mail_inboundmail DROP CONSTRAINT {NAME}",
        ),
    ]

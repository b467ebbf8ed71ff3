"""Rates never leave the agency; and what was invoiced does not change any more, whoever tries: it is the proof of an invoice."""

from django.db import migrations

from portal.tenancy.walls import SecureTable

RAISE = """
CREATE FUNCTION worklog_keep_invoiced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept text[] := ARRAY['text', 'spent_on', 'minutes', 'started_at', 'ended_at', 'charge', 'kind_id', 'client_id', 'removed_at'];
  name text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    FOREACH name IN ARRAY kept LOOP
      IF to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name THEN
        RAISE EXCEPTION 'an invoiced entry does not change' USING ERRCODE = 'restrict_violation';
      END IF;
    END LOOP;
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an invoiced entry stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER invoiced BEFORE UPDATE OR DELETE ON worklog_workentry
  FOR EACH ROW WHEN (OLD.invoiced_at IS NOT NULL) EXECUTE FUNCTION worklog_keep_invoiced();
"""
LOWER = "DROP TRIGGER invoiced ON worklog_workentry; DROP FUNCTION worklog_keep_invoiced()"


class Migration(migrations.Migration):
    dependencies = [("worklog", "0005_rates")]
    operations = [SecureTable("WorkRate", audited=True), migrations.RunSQL(RAISE, LOWER)]

"""What a provider has with its client alone (area `provider`): found by the client's people with sight of money and by those
who work with the author. Nobody of the agency finds it, and the table itself shows it to nobody at all.
"""

from importlib import import_module

from django.db import migrations

from portal.search.indexing import DEFINER, EYES_OPEN, EYES_SHUT, WAS

FIND = f"""
CREATE OR REPLACE FUNCTION search_find(asked tsquery, kinds text[], sender text, clients bigint[], since timestamptz,
  before timestamptz, most int)
RETURNS TABLE (kind text, subject_id bigint) LANGUAGE plpgsql STABLE ROWS 100 {DEFINER} AS $$
DECLARE one text; colleagues bigint[]; {WAS};
BEGIN
  IF app_scope() = 'vendor' THEN
    {EYES_OPEN};
    SELECT array_agg(c.id) INTO colleagues FROM tenancy_member m JOIN tenancy_member c ON c.agency_id = m.agency_id
      AND c.vendor_id = m.vendor_id
    WHERE m.agency_id = app_agency_id() AND m.id = app_member_id();
    {EYES_SHUT};
  END IF;
  IF app_agency_id() IS NULL OR app_scope() IS NULL THEN RETURN; END IF;
  FOREACH one IN ARRAY kinds LOOP
    RETURN QUERY EXECUTE
      'SELECT e.kind::text, e.subject_id FROM search_entry e WHERE e.agency_id = $1 AND e.kind = $2
         AND (($3 = ''agency'' AND e.area <> ''provider'') OR (NOT e.internal
              AND (e.visible_from <= now() OR ($3 = ''vendor'' AND e.author_id = $4)) AND (
              (e.area = ''provider'' AND (e.client_id = ANY ($8) OR e.author_id = ANY ($17)))
              OR (e.area = ''work'' AND e.client_id = ANY ($5)) OR (e.area = ''tickets'' AND e.client_id = ANY ($6))
              OR (e.area = ''mails'' AND e.client_id = ANY ($7)) OR (e.area = ''money'' AND e.client_id = ANY ($8))
              OR (e.area = ''security'' AND e.client_id = ANY ($9))
              OR (e.project_id = ANY ($10) AND e.area IN (''work'', ''tickets'', ''mails'')))))'
      || CASE WHEN numnode(asked) > 0 THEN ' AND e.words @@ $11' ELSE '' END
      || CASE WHEN sender <> '' THEN ' AND strpos(lower(e.who), $12) > 0' ELSE '' END
      || CASE WHEN clients IS NOT NULL THEN ' AND e.client_id = ANY ($13)' ELSE '' END
      || CASE WHEN since IS NOT NULL THEN ' AND e.happened_at >= $14' ELSE '' END
      || CASE WHEN before IS NOT NULL THEN ' AND e.happened_at < $15' ELSE '' END
      || ' ORDER BY e.happened_at DESC, e.subject_id DESC LIMIT $16'
    USING app_agency_id(), one, app_scope(), app_member_id(), app_client_ids('work'), app_client_ids('tickets'),
          app_client_ids('mails'), app_client_ids('money'), app_client_ids('security'), app_project_ids(),
          asked, lower(sender), clients, since, before, most, colleagues;
  END LOOP;
END $$
"""
BEFORE = import_module("portal.search.migrations.0003_functions").FIND.replace("CREATE", "CREATE OR REPLACE", 1)


class Migration(migrations.Migration):
    dependencies = [("search", "0003_functions")]
    operations = [
        migrations.RunSQL(FIND, BEFORE),
        migrations.RunSQL(
            "CREATE POLICY provider ON search_entry AS RESTRICTIVE FOR ALL TO portal_app USING (area <> 'provider')",
            "DROP POLICY provider ON search_entry",
        ),
    ]

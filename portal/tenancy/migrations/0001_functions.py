"""What the application may do at all, and the SQL functions that the policies read.

'' after a transaction and NULL in a fresh session both mean: nothing."""

from django.db import migrations

PRIVILEGES = """
GRANT USAGE ON SCHEMA public TO portal_app, portal_maint;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal_app, portal_maint;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal_app, portal_maint;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app, portal_maint;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO portal_app, portal_maint;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM portal_app, portal_maint;
"""

FUNCTIONS = """
CREATE FUNCTION app_setting(name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.' || name, true), '') $$;
CREATE FUNCTION app_agency_id() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.agency_id', true), '')::bigint $$;
CREATE FUNCTION app_scope() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.scope', true), '') $$;
CREATE FUNCTION app_user_id() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.user_id', true), '')::bigint $$;
CREATE FUNCTION app_member_id() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.member_id', true), '')::bigint $$;
CREATE FUNCTION app_agency_ids() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT string_to_array(nullif(current_setting('app.agency_ids', true), ''), ',')::bigint[] $$;
CREATE FUNCTION app_client_ids(area text) RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT string_to_array(nullif(current_setting('app.client_ids_' || area, true), ''), ',')::bigint[] $$;
CREATE FUNCTION app_project_ids() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT string_to_array(nullif(current_setting('app.project_ids', true), ''), ',')::bigint[] $$;
"""

REMOVAL = """
DROP FUNCTION app_project_ids();
DROP FUNCTION app_client_ids(text);
DROP FUNCTION app_agency_ids();
DROP FUNCTION app_member_id();
DROP FUNCTION app_user_id();
DROP FUNCTION app_scope();
DROP FUNCTION app_agency_id();
DROP FUNCTION app_setting(text);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, REMOVAL),
    ]

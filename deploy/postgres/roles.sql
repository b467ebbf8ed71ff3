-- The four roles of the portal. Run by a superuser (or a role with CREATEROLE), as often as you like.
-- Passwords are not set here: `ALTER ROLE portal_app PASSWORD '...'` is the caller's part.
--
--   portal_owner  owns the schema and runs migrations, nothing else connects as it
--   portal_app    web, worker and mail server: reads and writes rows behind row-level security
--   portal_maint  jobs that cross agencies, backups; sees all rows through its own policies
--   portal_log    cannot sign in; owns the audit log so that none of the others can touch it

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['portal_owner', 'portal_app', 'portal_maint', 'portal_log'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I', wanted);
    END IF;
  END LOOP;
  -- Row-level security is worth nothing for a role that may walk around it.
  SELECT string_agg(rolname, ', ') INTO wanted FROM pg_roles
    WHERE rolname IN ('portal_owner', 'portal_app', 'portal_maint', 'portal_log') AND (rolsuper OR rolbypassrls);
  IF wanted IS NOT NULL THEN
    RAISE EXCEPTION 'these roles must be neither superuser nor BYPASSRLS: %', wanted;
  END IF;
END $$;

ALTER ROLE portal_owner LOGIN CREATEDB NOCREATEROLE;
ALTER ROLE portal_app LOGIN NOCREATEDB NOCREATEROLE;
ALTER ROLE portal_maint LOGIN NOCREATEDB NOCREATEROLE;
ALTER ROLE portal_log NOLOGIN NOCREATEDB NOCREATEROLE;

-- On managed servers the administrator is no superuser and must be a member to hand objects over.
DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT portal_log, portal_owner TO %I', current_user);
  END IF;
END $$;

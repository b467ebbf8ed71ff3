-- The audit log: append-only, sealed, owned by a role that cannot sign in. Needs roles.sql first.
-- Run by a superuser in portal_template (new databases are cloned from it) and in the portal's database, by init.sh;
-- run again when the changelog says so, as often as you like.

BEGIN;

CREATE SCHEMA IF NOT EXISTS audit AUTHORIZATION portal_log;

-- `era` is the cluster's identity: transaction numbers start anew when a dump is restored elsewhere.
CREATE TABLE IF NOT EXISTS audit.event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  era bigint NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  agency_id bigint,
  user_id bigint,
  ip inet,
  ua text,
  request_id text,
  task text,
  kind text NOT NULL,
  tab text,
  row_pk text,
  old jsonb,
  new jsonb,
  detail jsonb
);
CREATE INDEX IF NOT EXISTS event_of_agency ON audit.event (agency_id, at DESC, id DESC);
CREATE INDEX IF NOT EXISTS event_of_user ON audit.event (user_id, at DESC);
CREATE INDEX IF NOT EXISTS event_to_seal ON audit.event (era, xid, id);

-- One seal covers the events of its era from the previous seal's `upto` up to, not including, its own.
CREATE TABLE IF NOT EXISTS audit.seal (
  n bigint PRIMARY KEY,
  era bigint NOT NULL,
  upto xid8 NOT NULL,
  cnt bigint NOT NULL,
  prev bytea NOT NULL,
  hash bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE audit.event OWNER TO portal_log;
ALTER TABLE audit.seal OWNER TO portal_log;

-- Append-only, for the owner too.
CREATE OR REPLACE FUNCTION audit.deny() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING errcode = '42501';
END $$;
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.event
  FOR EACH ROW EXECUTE FUNCTION audit.deny();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON audit.event
  FOR EACH STATEMENT EXECUTE FUNCTION audit.deny();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.seal
  FOR EACH ROW EXECUTE FUNCTION audit.deny();
CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON audit.seal
  FOR EACH STATEMENT EXECUTE FUNCTION audit.deny();

-- Who is acting: the transaction-local settings that the portal's database backend puts in.
CREATE OR REPLACE FUNCTION audit.setting(name text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('app.' || name, true), '')
$$;

CREATE OR REPLACE FUNCTION audit.era() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT system_identifier FROM pg_control_system()
$$;

-- What of one row goes into the log; null stays null.
CREATE OR REPLACE FUNCTION audit.agency_of(tab text, r jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT (r ->> CASE tab WHEN 'tenancy_agency' THEN 'id' ELSE 'agency_id' END)::bigint
$$;

-- Columns that are kept out of the log but did change: worth a name, not a value.
CREATE OR REPLACE FUNCTION audit.hidden_changes(old jsonb, new jsonb, hidden text[]) RETURNS jsonb
  LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('hidden', jsonb_agg(c ORDER BY c))
    FROM unnest(hidden) c WHERE old -> c IS DISTINCT FROM new -> c HAVING count(*) > 0
$$;

-- One event per changed row, one INSERT per statement. The trigger's arguments name the columns to leave
-- out: secrets and big ones. Attach it three times, with transition tables `newt` and `oldt`:
--   AFTER INSERT ... REFERENCING NEW TABLE AS newt FOR EACH STATEMENT EXECUTE FUNCTION audit.capture(...)
--   AFTER UPDATE ... REFERENCING OLD TABLE AS oldt NEW TABLE AS newt ...
--   AFTER DELETE ... REFERENCING OLD TABLE AS oldt ...
CREATE OR REPLACE FUNCTION audit.capture() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  hidden text[] := coalesce(tg_argv[:], '{}');
  this_era bigint := audit.era();
BEGIN
  IF tg_op = 'INSERT' THEN
    INSERT INTO audit.event (era, agency_id, user_id, ip, ua, request_id, task, kind, tab, row_pk, new)
      SELECT this_era, audit.agency_of(tg_table_name, n.r), audit.setting('user_id')::bigint,
             audit.setting('ip')::inet, audit.setting('ua'), audit.setting('request_id'),
             audit.setting('task'), 'insert', tg_table_name, n.r ->> 'id', n.r - hidden
        FROM (SELECT to_jsonb(newt) AS r FROM newt) n;
  ELSIF tg_op = 'DELETE' THEN
    INSERT INTO audit.event (era, agency_id, user_id, ip, ua, request_id, task, kind, tab, row_pk, old)
      SELECT this_era, audit.agency_of(tg_table_name, o.r), audit.setting('user_id')::bigint,
             audit.setting('ip')::inet, audit.setting('ua'), audit.setting('request_id'),
             audit.setting('task'), 'delete', tg_table_name, o.r ->> 'id', o.r - hidden
        FROM (SELECT to_jsonb(oldt) AS r FROM oldt) o;
  ELSE
    -- A full join, so that a row whose id was changed does not slip through.
    INSERT INTO audit.event (era, agency_id, user_id, ip, ua, request_id, task, kind, tab, row_pk,
                             old, new, detail)
      SELECT this_era, audit.agency_of(tg_table_name, coalesce(n.r, o.r)), audit.setting('user_id')::bigint,
             audit.setting('ip')::inet, audit.setting('ua'), audit.setting('request_id'),
             audit.setting('task'), 'update', tg_table_name, coalesce(n.r, o.r) ->> 'id',
             o.r - hidden, n.r - hidden, audit.hidden_changes(o.r, n.r, hidden)
        FROM (SELECT to_jsonb(oldt) AS r FROM oldt) o
        FULL JOIN (SELECT to_jsonb(newt) AS r FROM newt) n ON o.r ->> 'id' = n.r ->> 'id'
       WHERE o.r IS DISTINCT FROM n.r;
  END IF;
  RETURN NULL;
END $$;

-- What is no change of a row: sign-ins, refusals, exports. `agency` and `subject_user` speak for
-- moments before anybody is known; otherwise the context does.
CREATE OR REPLACE FUNCTION audit.log(kind text, detail jsonb DEFAULT NULL, agency bigint DEFAULT NULL,
                                     subject_user bigint DEFAULT NULL) RETURNS bigint
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO audit.event (era, agency_id, user_id, ip, ua, request_id, task, kind, detail)
  VALUES (audit.era(), coalesce(agency, audit.setting('agency_id')::bigint),
          coalesce(subject_user, audit.setting('user_id')::bigint), audit.setting('ip')::inet,
          audit.setting('ua'), audit.setting('request_id'), audit.setting('task'), kind, detail)
  RETURNING id
$$;

-- An array keeps the fields apart: nothing can move from one column to the next unseen.
CREATE OR REPLACE FUNCTION audit.row_hash(e audit.event) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    e.id, extract(epoch FROM e.at), e.era, e.xid::text, e.agency_id, e.user_id, e.ip::text, e.ua, e.request_id,
    e.task, e.kind, e.tab, e.row_pk, e.old, e.new, e.detail)::text, 'UTF8'))
$$;

-- The chain over one stretch of events, closed by the seal's own numbers.
CREATE OR REPLACE FUNCTION audit.chain(prev bytea, n bigint, in_era bigint, since xid8, upto xid8,
                                       OUT hash bytea, OUT cnt bigint)
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  link bytea;
BEGIN
  hash := prev;
  cnt := 0;
  FOR link IN SELECT audit.row_hash(e) FROM audit.event e
               WHERE e.era = in_era AND e.xid >= since AND e.xid < upto ORDER BY e.xid, e.id LOOP
    hash := sha256(hash || link);
    cnt := cnt + 1;
  END LOOP;
  hash := sha256(hash || convert_to(format('%s/%s/%s/%s/%s', n, in_era, since, upto, cnt), 'UTF8'));
END $$;

CREATE OR REPLACE FUNCTION audit.sealed_upto(in_era bigint, before_n bigint DEFAULT NULL) RETURNS xid8
  LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT upto FROM audit.seal WHERE era = in_era AND (before_n IS NULL OR n < before_n)
                    ORDER BY n DESC LIMIT 1), '0'::xid8)
$$;

-- Seals what no running transaction can add to any more; returns how many events. Sealing by id instead
-- would break: lower ids commit later.
CREATE OR REPLACE FUNCTION audit.seal_now() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  last audit.seal;
  link record;
  open_era bigint;
  horizon xid8;
  total bigint := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('audit.seal'));
  FOR open_era IN SELECT DISTINCT era FROM audit.event UNION SELECT audit.era() LOOP
    -- Events of a former cluster are all complete.
    IF open_era = audit.era() THEN
      horizon := pg_snapshot_xmin(pg_current_snapshot());
    ELSE
      SELECT (max(xid::text::numeric) + 1)::text::xid8 INTO horizon FROM audit.event WHERE era = open_era;
    END IF;
    SELECT * INTO last FROM audit.seal ORDER BY n DESC LIMIT 1;
    SELECT * INTO link FROM audit.chain(coalesce(last.hash, '\x00'), coalesce(last.n, 0) + 1, open_era,
                                        audit.sealed_upto(open_era), horizon);
    CONTINUE WHEN link.cnt = 0;
    INSERT INTO audit.seal (n, era, upto, cnt, prev, hash)
      VALUES (coalesce(last.n, 0) + 1, open_era, horizon, link.cnt, coalesce(last.hash, '\x00'), link.hash);
    total := total + link.cnt;
  END LOOP;
  RETURN total;
END $$;

-- 'ok', or the first seal that does not hold and why.
CREATE OR REPLACE FUNCTION audit.verify() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s audit.seal;
  link record;
  expected bytea := '\x00';
  number bigint := 0;
BEGIN
  FOR s IN SELECT * FROM audit.seal ORDER BY n LOOP
    number := number + 1;
    IF s.n <> number OR s.prev <> expected THEN
      RETURN format('seal %s: does not follow the one before', s.n);
    END IF;
    SELECT * INTO link FROM audit.chain(s.prev, s.n, s.era, audit.sealed_upto(s.era, s.n), s.upto);
    IF link.cnt <> s.cnt THEN
      RETURN format('seal %s: %s events instead of %s', s.n, link.cnt, s.cnt);
    ELSIF link.hash <> s.hash THEN
      RETURN format('seal %s: an event was changed', s.n);
    END IF;
    expected := s.hash;
  END LOOP;
  RETURN 'ok';
END $$;

ALTER FUNCTION audit.deny() OWNER TO portal_log;
ALTER FUNCTION audit.setting(text) OWNER TO portal_log;
ALTER FUNCTION audit.era() OWNER TO portal_log;
ALTER FUNCTION audit.agency_of(text, jsonb) OWNER TO portal_log;
ALTER FUNCTION audit.hidden_changes(jsonb, jsonb, text[]) OWNER TO portal_log;
ALTER FUNCTION audit.capture() OWNER TO portal_log;
ALTER FUNCTION audit.log(text, jsonb, bigint, bigint) OWNER TO portal_log;
ALTER FUNCTION audit.row_hash(audit.event) OWNER TO portal_log;
ALTER FUNCTION audit.chain(bytea, bigint, bigint, xid8, xid8) OWNER TO portal_log;
ALTER FUNCTION audit.sealed_upto(bigint, bigint) OWNER TO portal_log;
ALTER FUNCTION audit.seal_now() OWNER TO portal_log;
ALTER FUNCTION audit.verify() OWNER TO portal_log;

-- Who may do what. Nobody but the functions above writes.
REVOKE ALL ON SCHEMA audit FROM PUBLIC, portal_app, portal_owner, portal_maint;
REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC, portal_app, portal_owner, portal_maint;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC, portal_app, portal_owner, portal_maint;
GRANT USAGE ON SCHEMA audit TO portal_app, portal_owner, portal_maint;
GRANT SELECT ON audit.event TO portal_app, portal_maint;
GRANT SELECT ON audit.seal TO portal_maint;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA audit TO portal_maint; -- pg_dump reads their state
GRANT EXECUTE ON FUNCTION audit.capture() TO portal_owner;
GRANT EXECUTE ON FUNCTION audit.log(text, jsonb, bigint, bigint) TO portal_app, portal_maint;
GRANT EXECUTE ON FUNCTION audit.seal_now(), audit.verify() TO portal_maint;

-- Staff of an agency read its events. Everybody reads what he did himself, but no images of rows: those
-- may hold more than the person is shown, or belong to another agency.
ALTER TABLE audit.event ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS agency ON audit.event;
CREATE POLICY agency ON audit.event FOR SELECT TO portal_app USING (
  agency_id = (SELECT nullif(current_setting('app.agency_id', true), '')::bigint)
  AND (SELECT current_setting('app.scope', true)) = 'agency');
DROP POLICY IF EXISTS own ON audit.event;
CREATE POLICY own ON audit.event FOR SELECT TO portal_app USING (
  user_id = (SELECT nullif(current_setting('app.user_id', true), '')::bigint) AND tab IS NULL);
DROP POLICY IF EXISTS maint ON audit.event;
CREATE POLICY maint ON audit.event FOR SELECT TO portal_maint USING (true);

COMMIT;

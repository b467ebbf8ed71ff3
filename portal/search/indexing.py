"""Keeping the index: a migration operation that puts triggers on the tables whose words can be found.

Triggers, because they catch every write in its own transaction: actions, bulk updates, the admin, raw SQL.
"""

from collections.abc import Mapping

from django.db.migrations.operations.base import Operation

COLUMNS = "agency_id client_id project_id area internal visible_from happened_at author_id who title body".split()
"""What the SELECT of a kind gives, in any order, by these names."""

DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
"""Whoever writes a comment need not see all that its protocol's entry is made of; so the functions look with the owner's eyes."""

WAS = "was text := current_setting('app.migrating', true)"
EYES_OPEN = "PERFORM set_config('app.migrating', 'on', true)"
EYES_SHUT = "PERFORM set_config('app.migrating', coalesce(was, ''), true)"
"""The owner of the tables sees their rows only so (portal.tenancy.walls); for any other role the setting means nothing."""

EYES = {"definer": DEFINER, "was": WAS, "eyes_open": EYES_OPEN, "eyes_shut": EYES_SHUT}

# OFFSET 0: a subquery of its own, or the planner would put the call in both places where its answer is read.
ENTRY = """
CREATE OR REPLACE FUNCTION search_index_{kind}(of_agency bigint, thing bigint) RETURNS void LANGUAGE plpgsql {definer} AS $$
DECLARE {was};
BEGIN
  {eyes_open};
  INSERT INTO search_entry AS e (agency_id, client_id, project_id, kind, subject_id, area, internal, visible_from,
                                 happened_at, author_id, who, language, words)
  SELECT s.agency_id, s.client_id, s.project_id, '{kind}', thing, s.area, s.internal,
         coalesce(s.visible_from, 'epoch'), s.happened_at, s.author_id, left(coalesce(s.who, ''), 1000), l.language,
         search_words(l.language, s.title, s.body)
  FROM ({select}) s, LATERAL (SELECT search_language(concat_ws(' ', s.title, s.body)) AS language OFFSET 0) l
  ON CONFLICT (agency_id, kind, subject_id) DO UPDATE SET
    client_id = excluded.client_id, project_id = excluded.project_id, area = excluded.area, internal = excluded.internal,
    visible_from = excluded.visible_from, happened_at = excluded.happened_at, author_id = excluded.author_id,
    who = excluded.who, language = excluded.language, words = excluded.words;
  IF NOT FOUND THEN
    DELETE FROM search_entry WHERE agency_id = of_agency AND kind = '{kind}' AND subject_id = thing;
  END IF;
  {eyes_shut};
END $$
"""

TOUCH = """
CREATE OR REPLACE FUNCTION search_touch_{kind}() RETURNS trigger LANGUAGE plpgsql {definer} AS $$
DECLARE touched bigint[] := ARRAY[]::bigint[]; more bigint[]; thing bigint; of_agency bigint; {was};
BEGIN
  {eyes_open};
  IF TG_OP <> 'INSERT' THEN
    CASE TG_TABLE_NAME {of_old} END CASE;
    touched := touched || more; of_agency := OLD.agency_id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    CASE TG_TABLE_NAME {of_new} END CASE;
    touched := touched || more; of_agency := NEW.agency_id;
  END IF;
  FOR thing IN SELECT DISTINCT s FROM unnest(touched) s WHERE s IS NOT NULL LOOP
    PERFORM search_index_{kind}(of_agency, thing);
  END LOOP;
  {eyes_shut};
  RETURN NULL;
END $$
"""


def touch_of(kind: str, tables: Mapping[str, str]) -> str:
    """The function of the triggers. Each table has its own statement there, so that it is planned once in a connection."""
    asked = "WHEN '{}' THEN SELECT array_agg(s) INTO more FROM ({}) t (s);"
    rows = {
        f"of_{row.lower()}": " ".join(asked.format(table, ids.replace("($1)", row)) for table, ids in tables.items())
        for row in ("OLD", "NEW")
    }
    return TOUCH.format(kind=kind, **rows, **EYES)


class IndexWords(Operation):
    """Make a kind of thing findable.

    select: SQL that gives COLUMNS of the thing whose id is `thing` in agency `of_agency`, or no row when it cannot be found.
    tables: the tables that it reads -> SQL for the ids of the things that a row there, `$1`, belongs to. The thing's own comes first.
    columns: table -> the columns of it that are read, when others change so often that the index should not be asked each time.
    """

    reduces_to_sql = False
    reversible = True

    def __init__(self, kind: str, select: str, tables: Mapping[str, str], columns: Mapping[str, str] | None = None):
        self.kind, self.select, self.tables, self.columns = kind, select, dict(tables), dict(columns or {})

    def deconstruct(self):
        return self.__class__.__name__, [self.kind, self.select, self.tables, self.columns], {}

    def state_forwards(self, app_label, state):
        pass

    def describe(self):
        return f"Index {self.kind} for the search"

    def database_forwards(self, app_label, editor, from_state, to_state):
        editor.execute(ENTRY.format(kind=self.kind, select=self.select, **EYES), params=None)
        editor.execute(touch_of(self.kind, self.tables), params=None)
        for table in self.tables:
            update = f"UPDATE OF {self.columns[table]}" if table in self.columns else "UPDATE"
            editor.execute(
                f"CREATE OR REPLACE TRIGGER search_{self.kind} AFTER INSERT OR {update} OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION search_touch_{self.kind}()",
                params=None,
            )
        own = next(iter(self.tables))
        editor.execute(f"SELECT search_index_{self.kind}(agency_id, id) FROM {own}", params=None)  # noqa: S608

    def database_backwards(self, app_label, editor, from_state, to_state):
        for table in self.tables:
            editor.execute(f"DROP TRIGGER search_{self.kind} ON {table}", params=None)
        editor.execute(f"DROP FUNCTION search_touch_{self.kind}()", params=None)
        editor.execute(f"DROP FUNCTION search_index_{self.kind}(bigint, bigint)", params=None)
        editor.execute(f"DELETE FROM search_entry WHERE kind = '{self.kind}'", params=None)  # noqa: S608

"""Triggers of the index as portal.search.indexing makes them now: what they ask is planned once in a connection, and each text's
language is found once. In a new house they are like this from the beginning.
"""

from django.db import migrations

from portal.search.indexing import touch_of

TRIGGERS = r"""
SELECT substr(t.tgname, 8), c.relname, encode(t.tgargs, 'escape') FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE p.proname LIKE 'search\_touch\_%' AND t.tgnargs = 1
"""
LANGUAGE_ONCE = r"""
DO $$
DECLARE body text;
BEGIN
  FOR body IN SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'search\_index\_%' LOOP
    EXECUTE replace(body, ' AS language) l', ' AS language OFFSET 0) l');
  END LOOP;
END $$
"""


def renew(_apps, editor):
    with editor.connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        kinds: dict[str, dict[str, str]] = {}
        for kind, table, ids in cursor.fetchall():
            kinds.setdefault(kind, {})[table] = ids.removesuffix(r"\000")
        for kind, tables in kinds.items():
            cursor.execute(touch_of(kind, tables))


class Migration(migrations.Migration):
    dependencies = [("search", "0005_private_words")]
    operations = [
        migrations.RunSQL([LANGUAGE_ONCE], migrations.RunSQL.noop),
        migrations.RunPython(renew, migrations.RunPython.noop),
    ]

"""Contacts and vendors find what somebody wrote by the name; by `from:` and a part of an address, guessed letter after letter, they
learned the addresses of people, which no page shows them. The addresses of mails stand on their pages.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("portal.search.migrations.0008_own_time_of_vendors").FIND
WHO = (
    "CASE WHEN $3 = ''agency'' OR e.kind IN (''mails'', ''attachments'') THEN lower(e.who) "
    "ELSE regexp_replace(lower(e.who), ''[^ ]+@[^ ]+'', '''', ''g'') END"
)
FIND = BEFORE.replace("strpos(lower(e.who), $12)", f"strpos({WHO}, $12)")


class Migration(migrations.Migration):
    dependencies = [("search", "0008_own_time_of_vendors")]
    operations = [migrations.RunSQL(FIND, BEFORE)]

"""Of the work log vendors find the time of their own house alone, as they see no other: newer entries of others hid it, and said
by how full the answer was that there are such entries.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("portal.search.migrations.0007_projects_by_area").FIND
FIND = BEFORE.replace(
    "e.agency_id = $1 AND e.kind = $2",
    "e.agency_id = $1 AND e.kind = $2 AND ($3 <> ''vendor'' OR e.kind <> ''work'' OR e.author_id = ANY ($17))",
)


class Migration(migrations.Migration):
    dependencies = [("search", "0007_projects_by_area")]
    operations = [migrations.RunSQL(FIND, BEFORE)]

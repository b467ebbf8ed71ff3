"""Work entries can be found by what was done: from when the client sees them, by the agency at once; notes and what was removed never."""

from django.db import migrations

from portal.search.indexing import IndexWords

ENTRY = """
SELECT w.agency_id, w.client_id, w.project_id, 'work' AS area, w.visible_from, w.visible_from IS NULL AS internal,
  coalesce(w.started_at, (w.spent_on + time '12:00') AT TIME ZONE 'UTC') AS happened_at, w.member_id AS author_id, w.text AS title,
  (SELECT concat_ws(' ', u.name, u.email) FROM tenancy_member m JOIN accounts_user u ON u.id = m.user_id WHERE m.id = w.member_id) AS who,
  NULL::text AS body
FROM worklog_workentry w WHERE w.agency_id = of_agency AND w.id = thing AND w.removed_at IS NULL
"""
READ = "text, client_id, project_id, visible_from, removed_at, member_id, started_at, spent_on"


class Migration(migrations.Migration):
    dependencies = [("worklog", "0006_walls_of_rates"), ("search", "0003_functions")]
    operations = [
        IndexWords("work", ENTRY, {"worklog_workentry": "SELECT ($1).id"}, {"worklog_workentry": READ}),
    ]

"""Posted activities can be found, by contacts and vendors from the day on which the timeline shows them."""

from django.db import migrations

from portal.search.indexing import IndexWords

ACTIVITY = """
SELECT a.agency_id, a.client_id, a.project_id, e.area, e.internal, e.visible_from, e.happened_at, a.posted_by_id AS author_id,
  a.title, concat_ws(E'\\n', a.text, a.link, k.name) AS body,
  (SELECT concat_ws(' ', u.name, u.email) FROM tenancy_member m JOIN accounts_user u ON u.id = m.user_id WHERE m.id = a.posted_by_id) AS who
FROM timeline_activity a JOIN events_event e ON e.id = a.event_id JOIN timeline_activitykind k ON k.id = a.kind_id
WHERE a.agency_id = of_agency AND a.id = thing AND a.taken_back_at IS NULL
"""
OF_EVENT = "SELECT id FROM timeline_activity WHERE event_id = ($1).id"
"""Without the agency: as long as nobody has counted the tables, its index would be taken, and all of its activities read."""


class Migration(migrations.Migration):
    dependencies = [("timeline", "0002_walls"), ("search", "0003_functions"), ("events", "0004_walls_of_revisions")]
    operations = [
        IndexWords("activities", ACTIVITY, {"timeline_activity": "SELECT ($1).id", "events_event": OF_EVENT}),
    ]

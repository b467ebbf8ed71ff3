"""Meetings can be found: title, place and agenda."""

from django.db import migrations

from portal.search.indexing import IndexWords

MEETING = """
SELECT m.agency_id, m.client_id, m.project_id, 'work' AS area, false AS internal, NULL::timestamptz AS visible_from,
  m.starts_at AS happened_at, m.created_by_id AS author_id, m.title,
  (SELECT concat_ws(' ', u.name, u.email)
   FROM tenancy_member b JOIN accounts_user u ON u.id = b.user_id WHERE b.id = m.created_by_id) AS who,
  concat_ws(E'\\n', m.place,
    (SELECT string_agg(t.text, E'\\n' ORDER BY t.position) FROM protocols_meetingtopic t WHERE t.meeting_id = m.id)) AS body
FROM protocols_meeting m WHERE m.agency_id = of_agency AND m.id = thing
"""
READ = "title, place, starts_at, client_id, project_id, created_by_id"


class Migration(migrations.Migration):
    dependencies = [("protocols", "0012_reminders_of_action_items"), ("search", "0003_functions")]
    operations = [
        IndexWords(
            "meetings",
            MEETING,
            {"protocols_meeting": "SELECT ($1).id", "protocols_meetingtopic": "SELECT ($1).meeting_id"},
            {"protocols_meeting": READ},
        ),
    ]

"""Files of activities can be found by name and words, by contacts and vendors from the day on which the timeline shows them."""

from django.db import migrations

from portal.search.indexing import IndexWords

FILE = """
SELECT a.agency_id, a.client_id, a.project_id, e.area, e.internal OR f.is_internal AS internal, e.visible_from, e.happened_at,
  a.posted_by_id AS author_id, f.name AS title, x.text AS body,
  (SELECT concat_ws(' ', u.name, u.email) FROM tenancy_member m JOIN accounts_user u ON u.id = m.user_id WHERE m.id = a.posted_by_id) AS who
FROM timeline_activityfile d JOIN timeline_activity a ON a.id = d.activity_id JOIN events_event e ON e.id = a.event_id
JOIN files_file f ON f.id = d.file_id LEFT JOIN search_filetext x ON x.file_id = d.file_id
WHERE d.agency_id = of_agency AND d.id = thing AND a.taken_back_at IS NULL
"""
OF_EVENT = "SELECT d.id FROM timeline_activityfile d JOIN timeline_activity a ON a.id = d.activity_id WHERE a.event_id = ($1).id"


class Migration(migrations.Migration):
    dependencies = [("timeline", "0003_search"), ("files", "0007_wall_of_providers"), ("search", "0003_functions")]
    operations = [
        IndexWords(
            "activity_files",
            FILE,
            {
                "timeline_activityfile": "SELECT ($1).id",
                "timeline_activity": "SELECT id FROM timeline_activityfile WHERE activity_id = ($1).id",
                "events_event": OF_EVENT,
                "search_filetext": "SELECT id FROM timeline_activityfile WHERE file_id = ($1).file_id",
            },
            {"events_event": "area, internal, visible_from, happened_at"},
        ),
    ]

"""Protocols and their documents can be found: title, key points, agenda and what was said about it; never internal notes."""

from django.db import migrations

from portal.search.indexing import IndexWords

PROTOCOL = """
SELECT p.agency_id, p.client_id, p.project_id, 'work' AS area, NULL::timestamptz AS visible_from, p.held_at AS happened_at,
  p.author_id, p.title, p.published_at IS NULL AND p.side = 'agency' AS internal,
  (SELECT concat_ws(' ', u.name, u.email) FROM tenancy_member m JOIN accounts_user u ON u.id = m.user_id WHERE m.id = p.author_id) AS who,
  concat_ws(E'\\n', p.key_points,
    (SELECT string_agg(concat_ws(E'\\n', i.title, i.notes), E'\\n' ORDER BY i.position)
     FROM protocols_agendaitem i WHERE i.protocol_id = p.id),
    (SELECT string_agg(concat_ws(E'\\n', c.text, c.answer), E'\\n' ORDER BY c.created_at)
     FROM protocols_comment c WHERE c.protocol_id = p.id)
  ) AS body
FROM protocols_protocol p WHERE p.agency_id = of_agency AND p.id = thing
"""
DOCUMENT = """
SELECT p.agency_id, p.client_id, p.project_id, 'work' AS area, NULL::timestamptz AS visible_from, d.created_at AS happened_at,
  d.added_by_id AS author_id, f.name AS title, t.text AS body,
  (p.published_at IS NULL AND p.side = 'agency') OR f.is_internal AS internal,
  (SELECT concat_ws(' ', u.name, u.email) FROM tenancy_member m JOIN accounts_user u ON u.id = m.user_id WHERE m.id = d.added_by_id) AS who
FROM protocols_protocolfile d JOIN protocols_protocol p ON p.id = d.protocol_id JOIN files_file f ON f.id = d.file_id
LEFT JOIN search_filetext t ON t.file_id = d.file_id WHERE d.agency_id = of_agency AND d.id = thing
"""


class Migration(migrations.Migration):
    dependencies = [("protocols", "0008_keys_inside_the_agency"), ("search", "0003_functions"), ("files", "0002_walls")]
    operations = [
        IndexWords(
            "protocols",
            PROTOCOL,
            {
                "protocols_protocol": "SELECT ($1).id",
                "protocols_agendaitem": "SELECT ($1).protocol_id",
                "protocols_comment": "SELECT ($1).protocol_id",
            },
        ),
        IndexWords(
            "documents",
            DOCUMENT,
            {
                "protocols_protocolfile": "SELECT ($1).id",
                "protocols_protocol": "SELECT id FROM protocols_protocolfile WHERE protocol_id = ($1).id",
                "search_filetext": "SELECT id FROM protocols_protocolfile WHERE file_id = ($1).file_id",
            },
        ),
    ]

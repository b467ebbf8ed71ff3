"""Tickets can be found by key, title, description and what was said to everybody; private words by the agency's people alone."""

from django.db import migrations

from portal.search.indexing import IndexWords

WHO = "(SELECT concat_ws(' ', u.name, u.email) FROM tenancy_member m JOIN accounts_user u ON u.id = m.user_id WHERE m.id = {})"
SAID = (
    "(SELECT string_agg(c.text, E'\\n' ORDER BY c.created_at) FROM tickets_comment c "
    "WHERE c.ticket_id = t.id AND {}c.is_private)"
)
TICKET = f"""
SELECT t.agency_id, t.client_id, t.project_id, 'tickets' AS area, NULL::timestamptz AS visible_from, t.created_at AS happened_at,
  t.logger_id AS author_id, false AS internal, concat_ws(' ', t.key, t.title) AS title, {WHO.format("t.logger_id")} AS who,
  concat_ws(E'\\n', t.description, {SAID.format("NOT ")}) AS body
FROM tickets_ticket t WHERE t.agency_id = of_agency AND t.id = thing
"""
PRIVATE = f"""
SELECT t.agency_id, t.client_id, t.project_id, 'tickets' AS area, NULL::timestamptz AS visible_from, t.touched_at AS happened_at,
  NULL::bigint AS author_id, true AS internal, concat_ws(' ', t.key, t.title) AS title, '' AS who, {SAID.format("")} AS body
FROM tickets_ticket t WHERE t.agency_id = of_agency AND t.id = thing
  AND EXISTS (SELECT 1 FROM tickets_comment p WHERE p.ticket_id = t.id AND p.is_private)
"""
TABLES = {"tickets_ticket": "SELECT ($1).id", "tickets_comment": "SELECT ($1).ticket_id"}
FILE = f"""
SELECT t.agency_id, t.client_id, t.project_id, 'tickets' AS area, NULL::timestamptz AS visible_from, d.created_at AS happened_at,
  f.uploaded_by_id AS author_id, f.is_internal AS internal, f.name AS title, x.text AS body, {WHO.format("f.uploaded_by_id")} AS who
FROM tickets_ticketfile d JOIN tickets_ticket t ON t.id = d.ticket_id JOIN files_file f ON f.id = d.file_id
LEFT JOIN search_filetext x ON x.file_id = d.file_id WHERE d.agency_id = of_agency AND d.id = thing
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_presets"), ("search", "0003_functions")]
    operations = [
        IndexWords("tickets", TICKET, TABLES),
        IndexWords("private_words", PRIVATE, TABLES),
        IndexWords(
            "ticket_files",
            FILE,
            {
                "tickets_ticketfile": "SELECT ($1).id",
                "tickets_ticket": "SELECT id FROM tickets_ticketfile WHERE ticket_id = ($1).id",
                "search_filetext": "SELECT id FROM tickets_ticketfile WHERE file_id = ($1).file_id",
            },
        ),
    ]

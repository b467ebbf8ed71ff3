"""Tickets can be found by key, title and description, by what was said on them, and by their files; private words by the agency alone."""

from django.db import migrations

from portal.search.indexing import IndexWords

WHO = "(SELECT concat_ws(' ', u.name, u.email) FROM tenancy_member m JOIN accounts_user u ON u.id = m.user_id WHERE m.id = {})"
TICKET = f"""
SELECT t.agency_id, t.client_id, t.project_id, 'tickets' AS area, NULL::timestamptz AS visible_from, t.created_at AS happened_at,
  t.logger_id AS author_id, false AS internal, concat_ws(' ', t.key, t.title) AS title, {WHO.format("t.logger_id")} AS who,
  t.description AS body
FROM tickets_ticket t WHERE t.agency_id = of_agency AND t.id = thing
"""
WORDS = f"""
SELECT t.agency_id, t.client_id, t.project_id, 'tickets' AS area, NULL::timestamptz AS visible_from, c.created_at AS happened_at,
  c.author_id, c.is_private AS internal, concat_ws(' ', t.key, t.title) AS title, {WHO.format("c.author_id")} AS who, c.text AS body
FROM tickets_comment c JOIN tickets_ticket t ON t.id = c.ticket_id WHERE c.agency_id = of_agency AND c.id = thing
"""
FILE = f"""
SELECT t.agency_id, t.client_id, t.project_id, 'tickets' AS area, NULL::timestamptz AS visible_from, d.created_at AS happened_at,
  f.uploaded_by_id AS author_id, f.is_internal AS internal, f.name AS title, x.text AS body, {WHO.format("f.uploaded_by_id")} AS who
FROM tickets_ticketfile d JOIN tickets_ticket t ON t.id = d.ticket_id JOIN files_file f ON f.id = d.file_id
LEFT JOIN search_filetext x ON x.file_id = d.file_id WHERE d.agency_id = of_agency AND d.id = thing
"""
NAMED = "key, title, description, logger_id, client_id, project_id"
PLACED = "key, title, client_id, project_id"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_presets"), ("search", "0003_functions")]
    operations = [
        # A ticket changes with every word that is said on it, but seldom in what can be found.
        IndexWords("tickets", TICKET, {"tickets_ticket": "SELECT ($1).id"}, {"tickets_ticket": NAMED}),
        IndexWords(
            "ticket_words",
            WORDS,
            {
                "tickets_comment": "SELECT ($1).id",
                "tickets_ticket": "SELECT id FROM tickets_comment WHERE ticket_id = ($1).id",
            },
            {"tickets_ticket": PLACED},
        ),
        IndexWords(
            "ticket_files",
            FILE,
            {
                "tickets_ticketfile": "SELECT ($1).id",
                "tickets_ticket": "SELECT id FROM tickets_ticketfile WHERE ticket_id = ($1).id",
                "search_filetext": "SELECT id FROM tickets_ticketfile WHERE file_id = ($1).file_id",
            },
            {"tickets_ticket": PLACED},
        ),
    ]

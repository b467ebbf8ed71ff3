"""Mails and their attachments can be found."""

from django.db import migrations

from portal.search.indexing import IndexWords

PEOPLE = "concat_ws(' ', m.from_name, m.from_address) AS who"
MAIL = f"""
SELECT m.agency_id, m.client_id, m.project_id, 'mails' AS area, NULL::timestamptz AS visible_from, m.received_at AS happened_at,
  m.author_id, m.held_at IS NOT NULL OR m.tester_id IS NOT NULL AS internal, m.subject AS title, {PEOPLE},
  concat_ws(E'\\n', m.from_name, m.from_address, m.text,
    (SELECT string_agg(concat_ws(' ', p->>'name', p->>'address'), ' ') FROM jsonb_array_elements(m."to" || m.cc) p)) AS body
FROM mailbox_mail m WHERE m.agency_id = of_agency AND m.id = thing
"""
ATTACHMENT = f"""
SELECT m.agency_id, m.client_id, m.project_id, 'mails' AS area, NULL::timestamptz AS visible_from, m.received_at AS happened_at,
  m.author_id, m.held_at IS NOT NULL OR m.tester_id IS NOT NULL AS internal, f.name AS title, {PEOPLE}, t.text AS body
FROM mailbox_mailattachment a JOIN mailbox_mail m ON m.id = a.mail_id JOIN files_file f ON f.id = a.file_id
LEFT JOIN search_filetext t ON t.file_id = a.file_id WHERE a.agency_id = of_agency AND a.id = thing
"""


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0008_every_mail_has_a_thread"), ("search", "0003_functions"), ("files", "0002_walls")]
    operations = [
        IndexWords("mails", MAIL, {"mailbox_mail": "SELECT ($1).id"}),
        IndexWords(
            "attachments",
            ATTACHMENT,
            {
                "mailbox_mailattachment": "SELECT ($1).id",
                "mailbox_mail": "SELECT id FROM mailbox_mailattachment WHERE mail_id = ($1).id",
                "search_filetext": "SELECT id FROM mailbox_mailattachment WHERE file_id = ($1).file_id",
            },
        ),
    ]

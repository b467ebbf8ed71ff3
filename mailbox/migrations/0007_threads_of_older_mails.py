"""Mails that were there before threads: each joins the thread that it answers, by the rule of mailbox.threading, or begins one."""

from django.db import migrations

FILL = """
DO $$
DECLARE
    m record;
    found bigint;
BEGIN
    FOR m IN SELECT * FROM mailbox_mail WHERE thread_id IS NULL AND held_at IS NULL ORDER BY received_at, id LOOP
        SELECT e.thread_id INTO found
          FROM mailbox_mail e
         WHERE e.agency_id = m.agency_id AND e.client_id = m.client_id AND e.thread_id IS NOT NULL
           AND e.project_id IS NOT DISTINCT FROM m.project_id
           AND e.message_id <> '' AND e.message_id IN (SELECT jsonb_array_elements_text(m."references"))
           AND EXISTS (
                SELECT 1 FROM mailbox_mail p
                 WHERE p.agency_id = e.agency_id AND p.thread_id = e.thread_id
                   AND (lower(p.from_address) = lower(m.from_address) OR EXISTS (
                        SELECT 1 FROM jsonb_array_elements(p."to" || p.cc) other
                         WHERE lower(other ->> 'address') = lower(m.from_address))))
         ORDER BY e.received_at DESC, e.id DESC LIMIT 1;
        IF found IS NULL THEN
            INSERT INTO mailbox_thread (agency_id, client_id, project_id, last_at, mail_count)
            VALUES (m.agency_id, m.client_id, m.project_id, m.received_at, 1) RETURNING id INTO found;
        ELSE
            UPDATE mailbox_thread SET last_at = m.received_at, mail_count = mail_count + 1 WHERE id = found;
        END IF;
        UPDATE mailbox_mail SET thread_id = found WHERE id = m.id;
    END LOOP;
    UPDATE mailbox_mailattachment a SET received_at = mine.received_at FROM mailbox_mail mine WHERE mine.id = a.mail_id;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0006_walls_of_threads")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]

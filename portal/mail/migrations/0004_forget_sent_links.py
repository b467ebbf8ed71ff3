"""Links of invitations that have left no longer stand in the queue."""

from django.db import migrations

LINK, FORGOTTEN = "(/people/join/)[A-Za-z0-9_-]+/", "\\1~secret~/"
FORGET = f"""
UPDATE mail_outgoingmail
   SET text = regexp_replace(text, '{LINK}', '{FORGOTTEN}', 'g'), html = regexp_replace(html, '{LINK}', '{FORGOTTEN}', 'g')
 WHERE (sent_at IS NOT NULL OR failed_at IS NOT NULL) AND text ~ '{LINK}'
"""


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_seed")]
    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]

"""What we know of the sender of a mail, and what became of ours: copies, files, and that one came back."""

import django.contrib.postgres.fields
from django.db import migrations, models

GRANT = "GRANT UPDATE (verdict) ON mail_inboundmail TO portal_app, portal_maint"
REVOKE = "REVOKE UPDATE (verdict) ON mail_inboundmail FROM portal_app, portal_maint"


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0008_imap_mailboxes"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboundmail",
            name="verdict",
            field=models.CharField(
                blank=True,
                choices=[
                    ("verified", "The sender's domain confirms this mail."),
                    ("unverified", "Nobody confirms that this sender wrote it."),
                    ("failed", "The sender's domain says that this mail is not from there."),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="Sender",
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="bounce_kind",
            field=models.CharField(
                blank=True,
                choices=[("hard", "Cannot be delivered"), ("soft", "Could not be delivered for now")],
                db_default="",
                default="",
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="bounce_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="bounced_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="cc",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.EmailField(max_length=254),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="Cc",
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="files",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(GRANT, REVOKE),
    ]

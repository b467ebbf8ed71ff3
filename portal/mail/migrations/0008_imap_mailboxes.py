"""Mailboxes that are asked for mail, what providers post, and each mail's own key at its door.

A mailbox is audited when it is added or removed, without its password; pausing is logged by its action. An update trigger would write
a line for every minute in which the mailbox is looked into.
"""

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.walls
from portal.tenancy.walls import SecureTable, audit_triggers

INSERTED, _updated, DELETED = audit_triggers("mail_imapmailbox", ("password",))
DROP = "DROP TRIGGER IF EXISTS audit_{} ON mail_imapmailbox"
FREEZE = "REVOKE UPDATE ON mail_providerrequest FROM portal_app, portal_maint"
THAW = "GRANT UPDATE ON mail_providerrequest TO portal_app, portal_maint"


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0007_calendar_part"),
        ("tenancy", "0007_functions_of_the_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImapMailbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("host", models.CharField(max_length=253)),
                ("port", models.PositiveIntegerField()),
                (
                    "security",
                    models.CharField(
                        choices=[("tls", "TLS (usually port 993)"), ("starttls", "STARTTLS (usually port 143)")],
                        default="tls",
                        max_length=8,
                    ),
                ),
                ("user", models.CharField(max_length=320)),
                ("password", models.TextField(editable=False)),
                ("folder", models.CharField(default="INBOX", max_length=200)),
                ("done_folder", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("paused_at", models.DateTimeField(editable=False, null=True)),
                ("uidvalidity", models.BigIntegerField(editable=False, null=True)),
                ("last_uid", models.BigIntegerField(default=0, editable=False)),
                ("troubles", models.JSONField(default=dict, editable=False)),
                ("left_behind", models.PositiveIntegerField(default=0, editable=False)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("checked_at", models.DateTimeField(editable=False, null=True)),
                ("failed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "error",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("host", "This server lies in a private network, which we do not enter."),
                            ("unreachable", "The server cannot be reached."),
                            ("certificate", "The server's certificate cannot be trusted."),
                            ("login", "The server does not accept this user and password."),
                            ("folder", "The server has no such folder."),
                            ("move", "Mails are stored, but could not be moved or marked as read."),
                            (
                                "password",
                                "The password cannot be read any more. Remove the mailbox and add it again.",
                            ),
                            ("other", "The server's answers cannot be understood."),
                        ],
                        editable=False,
                        max_length=12,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProviderRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.BinaryField()),
                ("content_type", models.CharField(blank=True, editable=False, max_length=255)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="inboundmail",
            name="source_key",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="inboundmail",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_key", ""), _negated=True),
                fields=("agency", "source", "source_key"),
                name="inbound_once",
            ),
        ),
        migrations.AddField(
            model_name="imapmailbox",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="providerrequest",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="providerrequest",
            name="inbound",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="mail.inboundmail",
            ),
        ),
        migrations.AddConstraint(
            model_name="imapmailbox",
            constraint=models.UniqueConstraint(
                fields=("agency", "host", "port", "user", "folder"), name="imap_mailbox_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="imapmailbox",
            constraint=models.CheckConstraint(
                condition=models.Q(("port__gte", 1), ("port__lte", 65535)), name="imap_mailbox_port"
            ),
        ),
        SecureTable("ImapMailbox"),
        SecureTable("ProviderRequest"),
        migrations.RunSQL(INSERTED, DROP.format("insert")),
        migrations.RunSQL(DELETED, DROP.format("delete")),
        migrations.RunSQL(FREEZE, THAW),
    ]

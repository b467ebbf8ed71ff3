"""Answers to mails of ours, each once."""

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.walls


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0004_forget_sent_links"),
        ("tenancy", "0004_audit_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=40)),
                ("subject_id", models.BigIntegerField()),
                ("content_key", models.CharField(max_length=64)),
                ("sender", models.CharField(blank=True, max_length=320)),
                ("subject", models.CharField(blank=True, max_length=500)),
                ("text", models.TextField(blank=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sender", "It came from another address than that of the person whom we had written to."),
                            ("automatic", "A program wrote it: an absence note, a bounce or a mail of our own."),
                            ("closed", "What it answers is no longer open to this person."),
                            ("empty", "Nothing of its own was found in it, only the mail that it answers."),
                            ("unreadable", "It is damaged and could not be read as a whole."),
                        ],
                        max_length=12,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.agency",
                    ),
                ),
                (
                    "inbound",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="mail.inboundmail",
                    ),
                ),
                (
                    "member",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("reason", ""), _negated=True),
                        fields=["agency", "-received_at", "-id"],
                        name="mail_reply_kept",
                    ),
                    models.Index(
                        condition=models.Q(models.Q(("reason", ""), _negated=True), ("settled_at", None)),
                        fields=["agency"],
                        name="mail_reply_unsettled",
                    ),
                    models.Index(fields=["agency", "member", "answered_at"], name="mail_reply_answered"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "member", "purpose", "subject_id", "content_key"), name="mail_reply_once"
                    )
                ],
            },
        ),
    ]

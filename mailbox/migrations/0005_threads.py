import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.walls


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_walls"),
        ("mail", "0011_walls_of_discarding"),
        ("mailbox", "0004_walls_of_held_mails"),
        ("tenancy", "0007_functions_of_the_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("to", models.TextField(blank=True)),
                ("cc", models.TextField(blank=True)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField(blank=True)),
                ("saved_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Thread",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_at", models.DateTimeField(verbose_name="Last mail")),
                ("mail_count", models.PositiveIntegerField(default=1, verbose_name="Mails")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="Answered")),
                ("assigned_at", models.DateTimeField(null=True)),
                ("hidden_at", models.DateTimeField(null=True, verbose_name="Not relevant since")),
            ],
        ),
        migrations.AddField(
            model_name="mail",
            name="author",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="calendar_line",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name="mail",
            name="forwarded",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=800),
        ),
        migrations.AddField(
            model_name="mail",
            name="outgoing",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="mail.outgoingmail",
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="trackers",
            field=models.JSONField(db_default=[], default=list, editable=False),
        ),
        migrations.AddField(
            model_name="mail",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("verified", "The sender's domain confirms this mail."),
                    ("unverified", "Nobody confirms that this sender wrote it."),
                    ("failed", "The sender's domain says that this mail is not from there."),
                ],
                db_default="unverified",
                default="unverified",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="mailattachment",
            name="received_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="mail",
            name="inbound",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="mail.inboundmail",
            ),
        ),
        migrations.AddIndex(
            model_name="mailattachment",
            index=models.Index(fields=["agency", "client", "-received_at", "-id"], name="attachment_newest_first"),
        ),
        migrations.AddField(
            model_name="draft",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="answers",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="mailbox.mail",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="client",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.client",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="member",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="assignee",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tenancy.member",
                verbose_name="Assigned to",
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="client",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.client",
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="hidden_by",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="project",
            field=portal.tenancy.walls.TenantForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.project",
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="thread",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mails",
                to="mailbox.thread",
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(fields=["agency", "thread", "-received_at", "-id"], name="mail_in_thread"),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(fields=["agency", "client", "message_id"], name="mail_by_message_id"),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(fields=["agency", "client", "from_address"], name="mail_by_sender"),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("outgoing", None), _negated=True),
                fields=["agency", "outgoing"],
                name="mail_by_outgoing",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(("inbound__isnull", False), ("outgoing__isnull", False), _connector="OR"),
                name="mail_came_or_went",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=("agency", "client", "member", "answers"), name="mail_draft_once", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(
                condition=models.Q(("hidden_at", None)),
                fields=["agency", "client", "-last_at", "-id"],
                name="thread_shown",
            ),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(
                condition=models.Q(("hidden_at", None), _negated=True),
                fields=["agency", "client", "-last_at", "-id"],
                name="thread_hidden",
            ),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(fields=["agency", "client", "project", "-last_at", "-id"], name="thread_of_project"),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(
                condition=models.Q(("assignee", None), _negated=True),
                fields=["agency", "assignee", "-last_at"],
                name="thread_of_assignee",
            ),
        ),
    ]

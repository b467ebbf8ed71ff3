"""What is on its way to somebody by mail."""

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.walls


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0006_walls_of_replies"),
        ("notifications", "0004_fill_subject"),
        ("tenancy", "0004_audit_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=[("email", "E-mail")], default="email", max_length=10)),
                ("is_urgent", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mailed", "Mailed"),
                            ("read", "read in the portal before"),
                            ("off", "switched off meanwhile"),
                            ("closed", "no longer open to this person"),
                        ],
                        max_length=8,
                    ),
                ),
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
                    "client",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.client",
                    ),
                ),
                (
                    "mail",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mail.outgoingmail",
                    ),
                ),
                (
                    "member",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                (
                    "notification",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notifications.notification",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(condition=models.Q(("ended_at", None)), fields=["due_at"], name="delivery_waiting"),
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["agency", "member"], name="delivery_burst"
                    ),
                    models.Index(fields=["agency", "-created_at", "-id"], name="delivery_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "notification", "channel"), name="delivery_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("outcome", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="delivery_ends_somehow",
                    ),
                ],
            },
        ),
    ]

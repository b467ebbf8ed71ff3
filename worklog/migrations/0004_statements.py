"""What clients were sent each month, and its wall."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.tenancy.walls
from portal.tenancy.walls import AGENCY, SecureTable, of_clients


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0004_wall_of_waiting"),
        ("tenancy", "0010_submissions"),
        ("worklog", "0003_days_and_waiving"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("minutes", models.PositiveIntegerField(default=0)),
                ("stated_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.client",
                    ),
                ),
                (
                    "file",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.file",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "client", "month"), name="work_statement_once"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="work_statement_is_of_a_month"),
                ],
            },
        ),
        SecureTable("WorkStatement", outsider=f"{AGENCY} OR {of_clients('work')}", audited=True),
    ]

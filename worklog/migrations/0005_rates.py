"""What an hour costs."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.tenancy.walls


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0011_rights_of_vendors"),
        ("worklog", "0004_statements"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="From")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="Price of an hour",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="Currency")),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "kind",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="worklog.workkind",
                    ),
                ),
                (
                    "project",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.project",
                    ),
                ),
                (
                    "role",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.role",
                    ),
                ),
                (
                    "set_by",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "client", "project", "role", "kind", "currency", "valid_from"),
                        name="work_rate_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="work_rate_is_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("project", None), ("client__isnull", False), _connector="OR"),
                        name="work_rate_of_client",
                    ),
                ],
            },
        ),
    ]

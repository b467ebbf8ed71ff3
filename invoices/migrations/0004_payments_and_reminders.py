"""Payments and what they are for, bank files, reminders, and the result of the nightly examination."""

from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.tenancy.walls


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0003_frozen"),
        ("tenancy", "0011_rights_of_vendors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="BankFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, verbose_name="Name")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "form",
                    models.CharField(
                        choices=[("camt053", "CAMT.053"), ("mt940", "MT940")], max_length=8, verbose_name="Format"
                    ),
                ),
                ("account", models.CharField(blank=True, max_length=40, verbose_name="Account")),
                ("imported_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(editable=False, max_length=64)),
                ("position", models.PositiveIntegerField()),
                ("booked_on", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("iban", models.CharField(blank=True, max_length=34)),
                ("text", models.CharField(blank=True, max_length=1000)),
                ("reference", models.CharField(blank=True, max_length=140)),
                ("put_aside_at", models.DateTimeField(editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MoneyCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("checked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("invoices", models.PositiveIntegerField(default=0)),
                ("problems", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("paid_on", models.DateField(verbose_name="Paid on")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="Amount")),
                ("currency", models.CharField(max_length=3, verbose_name="Currency")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("transfer", "Bank transfer"),
                            ("debit", "Direct debit"),
                            ("card", "Card"),
                            ("cash", "Cash"),
                            ("other", "Otherwise"),
                        ],
                        default="transfer",
                        max_length=10,
                        verbose_name="Method",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=140, verbose_name="Reference")),
                ("payer", models.CharField(blank=True, max_length=200, verbose_name="Payer")),
                ("payer_iban", models.CharField(blank=True, max_length=34, verbose_name="IBAN of the payer")),
                (
                    "books_rate",
                    models.DecimalField(
                        blank=True, decimal_places=8, max_digits=18, null=True, verbose_name="Exchange rate"
                    ),
                ),
                ("books_on", models.DateField(blank=True, null=True, verbose_name="Rate of")),
                ("books_source", models.CharField(blank=True, max_length=120, verbose_name="Source of the rate")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("reversed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "reversal_reason",
                    models.CharField(blank=True, editable=False, max_length=300, verbose_name="Why it was reversed"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="Amount")),
                ("refunded_on", models.DateField(verbose_name="Paid back on")),
                ("reference", models.CharField(blank=True, max_length=140, verbose_name="Reference")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tier", models.PositiveSmallIntegerField()),
                ("fee", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=8)),
                ("open_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("heading", models.CharField(max_length=160)),
                ("text", models.TextField()),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ReminderPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("automatic_since", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "reminder policies",
            },
        ),
        migrations.CreateModel(
            name="ReminderTier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tier", models.PositiveSmallIntegerField()),
                ("days", models.PositiveSmallIntegerField(verbose_name="Days after the due date")),
                ("fee", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=8, verbose_name="Fee")),
                ("heading", models.CharField(blank=True, max_length=160, verbose_name="Subject")),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="Text")),
            ],
            options={
                "ordering": ["tier"],
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("reason", models.CharField(max_length=300, verbose_name="Reason")),
                ("waived_on", models.DateField()),
                ("waived_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("origin", "outside")),
                fields=("agency", "client", "issuer", "kind", "number"),
                name="invoice_outside_number_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="allocation",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="allocation",
            name="invoice",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="invoices.invoice",
            ),
        ),
        migrations.AddField(
            model_name="bankfile",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="bankfile",
            name="imported_by",
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
            model_name="bankline",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="bankline",
            name="file",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="invoices.bankfile",
            ),
        ),
        migrations.AddField(
            model_name="bankline",
            name="put_aside_by",
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
            model_name="moneycheck",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="payment",
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
            model_name="payment",
            name="issuer",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.vendor",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="line",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="invoices.bankline",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="recorded_by",
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
            model_name="payment",
            name="reversed_by",
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
            model_name="allocation",
            name="payment",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="invoices.payment",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="refund",
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
            model_name="refund",
            name="credit",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="invoices.invoice",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="payment",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="invoices.payment",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="recorded_by",
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
            model_name="reminder",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="invoice",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="invoices.invoice",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="sent_by",
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
            model_name="reminderpolicy",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="remindertier",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="waiver",
            name="agency",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddField(
            model_name="waiver",
            name="invoice",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waivers",
                to="invoices.invoice",
            ),
        ),
        migrations.AddField(
            model_name="waiver",
            name="waived_by",
            field=portal.tenancy.walls.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddIndex(
            model_name="bankfile",
            index=models.Index(fields=["agency", "-imported_at", "-id"], name="bank_file_newest"),
        ),
        migrations.AddConstraint(
            model_name="bankfile",
            constraint=models.UniqueConstraint(fields=("agency", "sha256"), name="bank_file_once"),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(fields=["agency", "file", "position"], name="bank_line_of_file"),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(fields=("agency", "key"), name="bank_line_once"),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="bank_line_moves_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="moneycheck",
            constraint=models.UniqueConstraint(fields=("agency",), name="money_check_once"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["agency", "client", "-paid_on", "-id"], name="payment_by_client"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["agency", "-recorded_at", "-id"], name="payment_newest"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_is_positive"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reversal_reason", ""), ("reversed_at", None)),
                    models.Q(("reversed_at__isnull", False), models.Q(("reversal_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="payment_reversal_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("books_on", None), ("books_rate", None), ("books_source", "")),
                    models.Q(
                        ("books_on__isnull", False),
                        ("books_rate__gt", 0),
                        models.Q(("books_source", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payment_books_rate_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("line__isnull", False), ("reversed_at", None)),
                fields=("agency", "line"),
                name="payment_line_once",
            ),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(fields=["agency", "invoice"], name="allocation_of_invoice"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="allocation_is_positive"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="refund_is_positive"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit__isnull", False), ("payment", None)),
                    models.Q(("credit", None), ("payment__isnull", False)),
                    _connector="OR",
                ),
                name="refund_is_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("agency", "invoice", "tier"), name="reminder_once"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee__gte", 0), ("open_amount__gt", 0), ("tier__in", (1, 2, 3))),
                name="reminder_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderpolicy",
            constraint=models.UniqueConstraint(fields=("agency",), name="reminder_policy_once"),
        ),
        migrations.AddConstraint(
            model_name="remindertier",
            constraint=models.UniqueConstraint(fields=("agency", "tier"), name="reminder_tier_once"),
        ),
        migrations.AddConstraint(
            model_name="remindertier",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__lte", 365), ("fee__gte", 0), ("tier__in", (1, 2, 3))),
                name="reminder_tier_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), models.Q(("reason", ""), _negated=True)),
                name="waiver_is_positive",
            ),
        ),
    ]

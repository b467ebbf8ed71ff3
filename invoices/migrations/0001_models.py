"""Both sides, the document with its lines, taxes and papers, and the counter behind its number."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.db import migrations, models

import portal.tenancy.walls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0004_wall_of_waiting"),
        ("tenancy", "0011_rights_of_vendors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("credit", "Credit note")],
                        default="invoice",
                        editable=False,
                        max_length=8,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("portal", "Made here"), ("outside", "Made elsewhere")],
                        default="portal",
                        editable=False,
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="Reason")),
                ("external_id", models.CharField(blank=True, max_length=120, verbose_name="External id")),
                ("title", models.CharField(max_length=160, verbose_name="Subject")),
                ("series", models.CharField(blank=True, editable=False, max_length=10)),
                ("year", models.PositiveSmallIntegerField(editable=False, null=True)),
                ("sequence", models.PositiveIntegerField(editable=False, null=True)),
                ("number", models.CharField(editable=False, max_length=40, null=True, verbose_name="Number")),
                ("currency", models.CharField(max_length=3, verbose_name="Currency")),
                ("language", models.CharField(max_length=8, verbose_name="Language")),
                ("service_from", models.DateField(verbose_name="Service from")),
                ("service_until", models.DateField(verbose_name="Service until")),
                ("terms_days", models.PositiveSmallIntegerField(default=14, verbose_name="Days to pay")),
                ("issued_on", models.DateField(editable=False, null=True, verbose_name="Date")),
                ("due_on", models.DateField(editable=False, null=True, verbose_name="Due")),
                ("intro", models.TextField(blank=True, verbose_name="Opening words")),
                ("notes", models.TextField(blank=True, verbose_name="Closing words")),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="Discount in percent",
                    ),
                ),
                ("with_annex", models.BooleanField(default=False, verbose_name="Add the work report as an annex")),
                ("net", models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=14)),
                ("vat", models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=14)),
                ("gross", models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=14)),
                ("settled", models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=14)),
                ("settled_on", models.DateField(editable=False, null=True)),
                (
                    "books_rate",
                    models.DecimalField(
                        blank=True, decimal_places=8, max_digits=18, null=True, verbose_name="Exchange rate"
                    ),
                ),
                ("books_on", models.DateField(blank=True, null=True, verbose_name="Rate of")),
                ("books_source", models.CharField(blank=True, max_length=120, verbose_name="Source of the rate")),
                ("seller", models.JSONField(default=dict, editable=False)),
                ("buyer", models.JSONField(default=dict, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("issued_at", models.DateTimeField(editable=False, null=True)),
                ("cancelled_at", models.DateTimeField(editable=False, null=True)),
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
                    "corrects",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "created_by",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                (
                    "issued_by",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                (
                    "issuer",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.vendor",
                    ),
                ),
                (
                    "project",
                    portal.tenancy.walls.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.CharField(blank=True, max_length=10)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "agency",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.agency",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("pdf", "PDF"), ("xrechnung", "XRechnung"), ("annex", "Work report")], max_length=10
                    ),
                ),
                ("sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("ordered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("made_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "file",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.file",
                    ),
                ),
                (
                    "invoice",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="invoices.invoice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=200, verbose_name="Text")),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="More")),
                (
                    "unit",
                    models.CharField(
                        choices=[("minute", "hours"), ("piece", "pieces"), ("day", "days"), ("month", "months")],
                        default="piece",
                        max_length=6,
                        verbose_name="Unit",
                    ),
                ),
                (
                    "quantity",
                    models.DecimalField(decimal_places=2, default=Decimal("1"), max_digits=12, verbose_name="Quantity"),
                ),
                (
                    "unit_price",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14, verbose_name="Price"),
                ),
                ("net", models.DecimalField(decimal_places=2, default=Decimal("0"), editable=False, max_digits=14)),
                (
                    "tax_category",
                    models.CharField(
                        choices=[
                            ("S", "Taxed"),
                            ("AE", "Reverse charge"),
                            ("Z", "Taxed at zero"),
                            ("E", "Exempt from tax"),
                        ],
                        default="S",
                        max_length=2,
                        verbose_name="Tax",
                    ),
                ),
                (
                    "tax_rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="Tax rate",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("work", "Work entries"), ("free", "By hand")],
                        default="free",
                        editable=False,
                        max_length=4,
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
                    "invoice",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="invoices.invoice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("downloaded_at", models.DateTimeField(null=True)),
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
                    "invoice",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reads",
                        to="invoices.invoice",
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
            ],
        ),
        migrations.CreateModel(
            name="InvoiceTax",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("S", "Taxed"),
                            ("AE", "Reverse charge"),
                            ("Z", "Taxed at zero"),
                            ("E", "Exempt from tax"),
                        ],
                        max_length=2,
                    ),
                ),
                ("rate", models.DecimalField(decimal_places=2, max_digits=5)),
                ("lines_net", models.DecimalField(decimal_places=2, max_digits=14)),
                ("discount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("taxable", models.DecimalField(decimal_places=2, max_digits=14)),
                ("vat", models.DecimalField(decimal_places=2, max_digits=14)),
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
                    "invoice",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="taxes",
                        to="invoices.invoice",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "taxes of invoices",
            },
        ),
        migrations.CreateModel(
            name="LineWork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry_id", models.BigIntegerField()),
                ("spent_on", models.DateField()),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("minutes", models.PositiveIntegerField()),
                ("net", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("text", models.CharField(max_length=500)),
                ("who", models.CharField(blank=True, max_length=160)),
                ("kind", models.CharField(blank=True, max_length=60)),
                (
                    "results",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), blank=True, default=list, size=None
                    ),
                ),
                ("freed_at", models.DateTimeField(null=True)),
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
                    "invoice",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "line",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="work",
                        to="invoices.invoiceline",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "work behind lines",
            },
        ),
        migrations.CreateModel(
            name="SetOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "credit",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "invoice",
                    portal.tenancy.walls.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="set_offs",
                        to="invoices.invoice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaxProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=160, verbose_name="Name of the company")),
                ("street", models.CharField(blank=True, max_length=160, verbose_name="Street")),
                ("extra", models.CharField(blank=True, max_length=160, verbose_name="Second line")),
                ("postcode", models.CharField(blank=True, max_length=20, verbose_name="Postcode")),
                ("city", models.CharField(blank=True, max_length=120, verbose_name="City")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="Country")),
                ("vat_id", models.CharField(blank=True, max_length=20, verbose_name="VAT number")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail")),
                ("tax_number", models.CharField(blank=True, max_length=40, verbose_name="Tax number")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="Phone")),
                ("register", models.CharField(blank=True, max_length=160, verbose_name="Register")),
                ("managers", models.CharField(blank=True, max_length=160, verbose_name="Managing directors")),
                ("iban", models.CharField(blank=True, max_length=34, verbose_name="IBAN")),
                ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                ("bank", models.CharField(blank=True, max_length=120, verbose_name="Bank")),
                ("series", models.CharField(blank=True, max_length=10, verbose_name="Series of invoices")),
                ("credit_series", models.CharField(blank=True, max_length=10, verbose_name="Series of credit notes")),
                (
                    "tax_rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("19"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="Usual tax rate",
                    ),
                ),
                ("terms_days", models.PositiveSmallIntegerField(default=14, verbose_name="Days to pay")),
                (
                    "agency",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.agency",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BillingData",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=160, verbose_name="Name of the company")),
                ("street", models.CharField(blank=True, max_length=160, verbose_name="Street")),
                ("extra", models.CharField(blank=True, max_length=160, verbose_name="Second line")),
                ("postcode", models.CharField(blank=True, max_length=20, verbose_name="Postcode")),
                ("city", models.CharField(blank=True, max_length=120, verbose_name="City")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="Country")),
                ("vat_id", models.CharField(blank=True, max_length=20, verbose_name="VAT number")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail")),
                ("person", models.CharField(blank=True, max_length=120, verbose_name="For the attention of")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="Customer number")),
                ("buyer_reference", models.CharField(blank=True, max_length=60, verbose_name="Buyer reference")),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="Currency")),
                ("language", models.CharField(blank=True, max_length=8, verbose_name="Language")),
                ("terms_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Days to pay")),
                (
                    "tax_category",
                    models.CharField(
                        choices=[
                            ("S", "Taxed"),
                            ("AE", "Reverse charge"),
                            ("Z", "Taxed at zero"),
                            ("E", "Exempt from tax"),
                        ],
                        default="S",
                        max_length=2,
                        verbose_name="Tax",
                    ),
                ),
                (
                    "tax_rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="Tax rate",
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
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.client",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "billing data",
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "client"), name="billing_data_once"),
                    models.CheckConstraint(
                        condition=models.Q(("tax_rate", None), ("tax_category", "S"), ("tax_rate", 0), _connector="OR"),
                        name="billing_data_rate_fits",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["agency", "client", "-issued_on", "-id"], name="invoice_by_client"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["agency", "-issued_on", "-id"], name="invoice_newest"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(
                    ("issued_at__isnull", False), ("kind", "invoice"), ("settled__lt", models.F("gross"))
                ),
                fields=["agency", "due_on"],
                name="invoice_unsettled",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("issued_at", None), ("issued_on", None), ("number", None), ("sequence", None)),
                    models.Q(
                        ("due_on__isnull", False),
                        ("issued_at__isnull", False),
                        ("issued_on__isnull", False),
                        ("number__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="invoice_is_draft_or_issued",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("issued_at", None),
                    models.Q(("origin", "outside"), ("sequence", None)),
                    models.Q(("origin", "portal"), ("sequence__isnull", False), ("year__isnull", False)),
                    _connector="OR",
                ),
                name="invoice_number_is_counted",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gross", django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("vat")))
                ),
                name="invoice_gross_is_the_sum",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("net__gte", 0), ("vat__gte", 0)), name="invoice_amounts_are_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("settled__gte", 0), ("settled__lte", models.F("gross"))),
                name="invoice_settled_within_gross",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("settled_on", None), ("settled", models.F("gross")), _connector="OR"),
                name="invoice_settled_on_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("service_until__gte", models.F("service_from"))), name="invoice_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrects", None), ("kind", "invoice")),
                    models.Q(("corrects__isnull", False), ("kind", "credit")),
                    models.Q(("kind", "credit"), ("origin", "outside")),
                    _connector="OR",
                ),
                name="invoice_credit_corrects",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
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
                name="invoice_books_rate_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sequence__isnull", False)),
                fields=("agency", "series", "year", "sequence"),
                name="invoice_sequence_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("origin", "portal")), fields=("agency", "number"), name="invoice_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("agency", "external_id"),
                name="invoice_external_id_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicecounter",
            constraint=models.UniqueConstraint(fields=("agency", "series", "year"), name="invoice_counter_once"),
        ),
        migrations.AddIndex(
            model_name="invoicedocument",
            index=models.Index(
                condition=models.Q(("file", None)), fields=["next_try_at"], name="invoice_document_to_make"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicedocument",
            constraint=models.UniqueConstraint(fields=("agency", "invoice", "kind"), name="invoice_document_once"),
        ),
        migrations.AddConstraint(
            model_name="invoicedocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file", None), ("made_at", None), ("sha256", "")),
                    models.Q(("file__isnull", False), ("made_at__isnull", False), ("sha256__regex", "^[0-9a-f]{64}$")),
                    _connector="OR",
                ),
                name="invoice_document_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("agency", "invoice", "position"),
                name="invoice_line_position",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit_price__gte", 0)), name="invoice_line_price_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax_rate", 0), ("tax_category", "S"), _connector="OR"),
                name="invoice_line_rate_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceread",
            constraint=models.UniqueConstraint(fields=("agency", "invoice", "member"), name="invoice_read_once"),
        ),
        migrations.AddConstraint(
            model_name="invoiceread",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("downloaded_at", None), ("downloaded_at__gte", models.F("read_at")), _connector="OR"
                ),
                name="invoice_read_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicetax",
            constraint=models.UniqueConstraint(
                fields=("agency", "invoice", "category", "rate"), name="invoice_tax_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicetax",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "taxable",
                        django.db.models.expressions.CombinedExpression(
                            models.F("lines_net"), "-", models.F("discount")
                        ),
                    )
                ),
                name="invoice_tax_after_discount",
            ),
        ),
        migrations.AddIndex(
            model_name="linework",
            index=models.Index(fields=["agency", "line", "spent_on"], name="line_work_of_line"),
        ),
        migrations.AddConstraint(
            model_name="linework",
            constraint=models.UniqueConstraint(
                condition=models.Q(("freed_at", None)), fields=("agency", "entry_id"), name="work_is_charged_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="setoff",
            constraint=models.UniqueConstraint(fields=("agency", "credit", "invoice"), name="set_off_once"),
        ),
        migrations.AddConstraint(
            model_name="setoff",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="set_off_is_positive"),
        ),
        migrations.AddConstraint(
            model_name="taxprofile",
            constraint=models.UniqueConstraint(fields=("agency",), name="tax_profile_once"),
        ),
    ]

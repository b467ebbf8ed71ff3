"""What is charged: lines, the work behind each, the tax of each rate, and what credit notes set off."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

from .invoice import ZERO, Invoice
from .sides import SHARE, TaxCategory


class OfInvoiceQuerySet(TenantQuerySet):
    """Rows of invoices that the member sees."""

    def visible_to(self, member):
        return super().visible_to(member).filter(invoice__in=Invoice.objects.visible_to(member))


class Unit(models.TextChoices):
    """What is counted."""

    MINUTE = "minute", _("hours")
    PIECE = "piece", _("pieces")
    DAY = "day", _("days")
    MONTH = "month", _("months")


class LineSource(models.TextChoices):
    """What stands behind a line."""

    WORK = "work", _("Work entries")
    FREE = "free", _("By hand")


class InvoiceLine(TenantModel):
    """quantity: in `unit`; minutes are charged by the hour, so unit_price is for 60 of them. net: rounded to the cent.

    subject_type, subject_id: the ticket or protocol that all of its work was for, when it was grouped so.
    takes_back: the line of the invoice that a line of a credit note is about.
    """

    invoice = TenantForeignKey(Invoice, on_delete=models.CASCADE, editable=False, related_name="lines")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("Text"), max_length=200)
    detail = models.CharField(_("More"), max_length=300, blank=True)
    unit = models.CharField(_("Unit"), max_length=6, choices=Unit, default=Unit.PIECE)
    quantity = models.DecimalField(_("Quantity"), max_digits=12, decimal_places=2, default=Decimal(1))
    unit_price = models.DecimalField(_("Price"), max_digits=14, decimal_places=2, default=ZERO)
    net = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO, editable=False)
    tax_category = models.CharField(_("Tax"), max_length=2, choices=TaxCategory, default=TaxCategory.STANDARD)
    tax_rate = models.DecimalField(_("Tax rate"), max_digits=5, decimal_places=2, default=ZERO, validators=SHARE)
    subject_type = models.CharField(max_length=60, blank=True, db_default="", editable=False)
    subject_id = models.BigIntegerField(null=True, editable=False)
    source = models.CharField(max_length=4, choices=LineSource, default=LineSource.FREE, editable=False)
    takes_back = TenantForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = OfInvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "invoice", "position"],
                name="invoice_line_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="invoice_line_price_is_positive"),
            models.CheckConstraint(
                condition=Q(tax_rate=0) | Q(tax_category=TaxCategory.STANDARD), name="invoice_line_rate_fits"
            ),
        ]

    def __str__(self):
        return self.text


class LineWork(TenantModel):
    """A work entry behind a line, as it was when the invoice was issued.

    entry_id: the entry; at most one standing invoice holds it. net: its part of the line, all parts sum to the line.
    results: SHA-256 of what came of the work. freed_at: since the invoice was taken back whole, so that it may be charged again.
    """

    invoice = TenantForeignKey(Invoice, on_delete=models.CASCADE, editable=False, related_name="+")
    line = TenantForeignKey(InvoiceLine, on_delete=models.CASCADE, editable=False, related_name="work")
    entry_id = models.BigIntegerField()
    spent_on = models.DateField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    minutes = models.PositiveIntegerField()
    net = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    text = models.CharField(max_length=500)
    who = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    results = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    freed_at = models.DateTimeField(null=True)

    objects = OfInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "work behind lines"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "entry_id"], name="work_is_charged_once", condition=Q(freed_at=None)
            ),
        ]
        indexes = [models.Index(fields=["agency", "line", "spent_on"], name="line_work_of_line")]

    def __str__(self):
        return self.text


class InvoiceTax(TenantModel):
    """One tax rate of an issued invoice. taxable: sum of its lines less its discount; vat: rounded once, here."""

    invoice = TenantForeignKey(Invoice, on_delete=models.CASCADE, editable=False, related_name="taxes")
    category = models.CharField(max_length=2, choices=TaxCategory)
    rate = models.DecimalField(max_digits=5, decimal_places=2)
    lines_net = models.DecimalField(max_digits=14, decimal_places=2)
    discount = models.DecimalField(max_digits=14, decimal_places=2)
    taxable = models.DecimalField(max_digits=14, decimal_places=2)
    vat = models.DecimalField(max_digits=14, decimal_places=2)

    objects = OfInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "taxes of invoices"
        constraints = [
            models.UniqueConstraint(fields=["agency", "invoice", "category", "rate"], name="invoice_tax_once"),
            models.CheckConstraint(
                condition=Q(taxable=models.F("lines_net") - models.F("discount")), name="invoice_tax_after_discount"
            ),
        ]

    def __str__(self):
        return f"{self.category} {self.rate}"


class SetOff(TenantModel):
    """So much of a credit note was set off against an invoice (settled of both). Never changed.

    made_on: the day that counts for the account. The same two may be set off again, when a payment between them bounced.
    """

    credit = TenantForeignKey(Invoice, on_delete=models.PROTECT, editable=False, related_name="+")
    invoice = TenantForeignKey(Invoice, on_delete=models.PROTECT, editable=False, related_name="set_offs")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    made_on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)

    objects = OfInvoiceQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="set_off_is_positive")]

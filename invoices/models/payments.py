"""Money that came in, and what it was for. Never changed: a mistake is reversed and recorded anew."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, Member, TenantModel, TenantQuerySet, Vendor
from portal.tenancy.walls import TenantForeignKey

from .banking import BankLine
from .invoice import Invoice, OfIssuerQuerySet, may_settle
from .lines import OfInvoiceQuerySet

POSITIVE = Q(amount__gt=0)
REVERSED_WITH_REASON = Q(reversed_at=None, reversal_reason="") | (Q(reversed_at__isnull=False) & ~Q(reversal_reason=""))


class PaymentMethod(models.TextChoices):
    """How it was paid."""

    TRANSFER = "transfer", _("Bank transfer")
    DEBIT = "debit", _("Direct debit")
    CARD = "card", _("Card")
    CASH = "cash", _("Cash")
    OTHER = "other", _("Otherwise")


class PaymentQuerySet(OfIssuerQuerySet):
    """Payments of clients, to the agency or to a provider: seen like the invoices of that issuer."""

    def standing(self):
        """Those that were not reversed."""
        return self.filter(reversed_at=None)


class Payment(TenantModel):
    """A sum of a client, in its own currency. issuer: the provider that got it, None for the agency.

    line: of the bank file that it came from, None when recorded by hand. amount is not changed by allocations or refunds.
    external_id: how another program calls it; the one thing of it that may change.
    books_rate: what one unit of the currency was in the agency's on books_on, by books_source; empty when it is that one.
    """

    client = TenantForeignKey(Client, on_delete=models.CASCADE, editable=False, related_name="+")
    issuer = TenantForeignKey(Vendor, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    line = TenantForeignKey(BankLine, on_delete=models.PROTECT, null=True, editable=False, related_name="payments")
    paid_on = models.DateField(_("Paid on"))
    amount = models.DecimalField(_("Amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("Currency"), max_length=3)
    external_id = models.CharField(_("External id"), max_length=120, blank=True, db_default="")
    method = models.CharField(_("Method"), max_length=10, choices=PaymentMethod, default=PaymentMethod.TRANSFER)
    reference = models.CharField(_("Reference"), max_length=140, blank=True)
    payer = models.CharField(_("Payer"), max_length=200, blank=True)
    payer_iban = models.CharField(_("IBAN of the payer"), max_length=34, blank=True)
    books_rate = models.DecimalField(_("Exchange rate"), max_digits=18, decimal_places=8, null=True, blank=True)
    books_on = models.DateField(_("Rate of"), null=True, blank=True)
    books_source = models.CharField(_("Source of the rate"), max_length=120, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    reversed_at = models.DateTimeField(null=True, editable=False)
    reversed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    reversal_reason = models.CharField(_("Why it was reversed"), max_length=300, blank=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=POSITIVE, name="payment_is_positive"),
            models.CheckConstraint(
                condition=REVERSED_WITH_REASON,
                name="payment_reversal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(books_rate=None, books_on=None, books_source="")
                | (Q(books_rate__gt=0, books_on__isnull=False) & ~Q(books_source="")),
                name="payment_books_rate_is_whole",
            ),
            models.UniqueConstraint(
                fields=["agency", "external_id"], name="payment_external_id_once", condition=~Q(external_id="")
            ),
            models.UniqueConstraint(
                fields=["agency", "line"], name="payment_line_once", condition=Q(reversed_at=None, line__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "client", "-paid_on", "-id"], name="payment_by_client"),
            models.Index(fields=["agency", "-recorded_at", "-id"], name="payment_newest"),
        ]

    def __str__(self):
        return f"{self.paid_on} {self.amount} {self.currency}"

    @property
    def is_reversed(self) -> bool:
        return self.reversed_at is not None

    def can_be_managed_by(self, member: Member) -> bool:
        """Who reverses it, uses what is left of it and pays it back."""
        return may_settle(member, self.client, self.issuer_id)


class Allocation(TenantModel):
    """So much of a payment is for this invoice. A trigger holds the sums: never more than the payment or the invoice."""

    payment = TenantForeignKey(Payment, on_delete=models.PROTECT, editable=False, related_name="allocations")
    invoice = TenantForeignKey(Invoice, on_delete=models.PROTECT, editable=False, related_name="allocations")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    made_at = models.DateTimeField(default=timezone.now)

    objects = OfInvoiceQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=POSITIVE, name="allocation_is_positive")]
        indexes = [models.Index(fields=["agency", "invoice"], name="allocation_of_invoice")]


class WaiverQuerySet(OfInvoiceQuerySet):
    """What is not asked for, seen with its invoice."""

    def standing(self):
        """Those that were not reversed."""
        return self.filter(reversed_at=None)


class Waiver(TenantModel):
    """So much of an invoice is not asked for any more: a discount for paying early, a fee of the bank.

    Never changed: a mistake is reversed, then so much is open again.
    """

    invoice = TenantForeignKey(Invoice, on_delete=models.PROTECT, editable=False, related_name="waivers")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(_("Reason"), max_length=300)
    waived_on = models.DateField()
    waived_at = models.DateTimeField(default=timezone.now)
    waived_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    reversed_at = models.DateTimeField(null=True, editable=False)
    reversed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    reversal_reason = models.CharField(
        _("Why it was reversed"), max_length=300, blank=True, db_default="", editable=False
    )

    objects = WaiverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=POSITIVE & ~Q(reason=""), name="waiver_is_positive"),
            models.CheckConstraint(condition=REVERSED_WITH_REASON, name="waiver_reversal_has_a_reason"),
        ]

    @property
    def is_reversed(self) -> bool:
        return self.reversed_at is not None


class RefundQuerySet(TenantQuerySet):
    """Refunds are seen with the payment or the credit note that they are of."""

    def visible_to(self, member):
        seen = Q(payment__in=Payment.objects.visible_to(member)) | Q(credit__in=Invoice.objects.visible_to(member))
        return super().visible_to(member).filter(seen)

    def of_agency(self, client):
        """Of what this client and the agency have with each other."""
        return self.filter(Q(payment__issuer=None) & Q(credit__issuer=None), client=client)


class Refund(TenantModel):
    """Money sent back: of what was paid too much, or of a credit note."""

    client = TenantForeignKey(Client, on_delete=models.CASCADE, editable=False, related_name="+")
    payment = TenantForeignKey(Payment, on_delete=models.PROTECT, null=True, editable=False, related_name="refunds")
    credit = TenantForeignKey(Invoice, on_delete=models.PROTECT, null=True, editable=False, related_name="refunds")
    amount = models.DecimalField(_("Amount"), max_digits=14, decimal_places=2)
    refunded_on = models.DateField(_("Paid back on"))
    reference = models.CharField(_("Reference"), max_length=140, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    objects = RefundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=POSITIVE, name="refund_is_positive"),
            models.CheckConstraint(
                condition=Q(payment=None, credit__isnull=False) | Q(payment__isnull=False, credit=None),
                name="refund_is_of_one",
            ),
        ]

    @property
    def currency(self) -> str:
        return (self.payment or self.credit).currency

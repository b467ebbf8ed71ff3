"""Reminders of overdue invoices: how an agency reminds, and what was sent."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Member, TenantModel
from portal.tenancy.walls import TenantForeignKey

from .invoice import ZERO, Invoice
from .lines import OfInvoiceQuerySet
from .sides import OfMoneyQuerySet

TIERS = (1, 2, 3)
USUAL_DAYS = {1: 7, 2: 21, 3: 35}
"""After the due date."""


class ReminderPolicy(TenantModel):
    """Whether reminders go out by themselves, and since when; one row, none as long as nobody decided."""

    automatic_since = models.DateTimeField(null=True)

    objects = OfMoneyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "reminder policies"
        constraints = [models.UniqueConstraint(fields=["agency"], name="reminder_policy_once")]


def goes_by_itself() -> Q:
    """Invoices of which reminders go out without a hand: the agency wants it, and the client is not in the archive."""
    wanted = ReminderPolicy.objects.filter(agency_id=OuterRef("agency_id"), automatic_since__isnull=False)
    return Q(Exists(wanted), client__archived_at=None)


class ReminderTier(TenantModel):
    """One step. days: after the due date; fee: in the agency's currency, named in the mail and never part of the invoice nor
    of the balance; the statement of account and the invoice's history say when it was named.

    heading, text: empty means ours, in the client's language.
    """

    tier = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField(_("Days after the due date"))
    fee = models.DecimalField(_("Fee"), max_digits=8, decimal_places=2, default=ZERO)
    heading = models.CharField(_("Subject"), max_length=160, blank=True)
    text = models.TextField(_("Text"), blank=True, max_length=2000)

    objects = OfMoneyQuerySet.as_manager()

    class Meta:
        ordering = ["tier"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "tier"], name="reminder_tier_once"),
            models.CheckConstraint(condition=Q(tier__in=TIERS, fee__gte=0, days__lte=365), name="reminder_tier_fits"),
        ]

    def __str__(self):
        return str(self.tier)


class Reminder(TenantModel):
    """What was sent, word for word; each tier once. sent_by: None when it went out by itself."""

    invoice = TenantForeignKey(Invoice, on_delete=models.CASCADE, editable=False, related_name="reminders")
    tier = models.PositiveSmallIntegerField()
    fee = models.DecimalField(max_digits=8, decimal_places=2, default=ZERO)
    open_amount = models.DecimalField(max_digits=14, decimal_places=2)
    heading = models.CharField(max_length=160)
    text = models.TextField()
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    objects = OfInvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "invoice", "tier"], name="reminder_once"),
            models.CheckConstraint(condition=Q(tier__in=TIERS, fee__gte=0, open_amount__gt=0), name="reminder_fits"),
        ]

    def __str__(self):
        return f"{self.invoice} {self.tier}"

"""Who writes invoices and who gets them: the agency's tax profile, a client's billing data. Both are copied at issue."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

USUAL_TERMS = 14
SHARE = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class TaxCategory(models.TextChoices):
    """Kinds of tax (UNTDID 5305, as EN 16931 uses them)."""

    STANDARD = "S", _("Taxed")
    REVERSE = "AE", _("Reverse charge")
    ZERO = "Z", _("Taxed at zero")
    EXEMPT = "E", _("Exempt from tax")


class Party(models.Model):
    """A side of an invoice, with its address."""

    name = models.CharField(_("Name of the company"), max_length=160, blank=True)
    street = models.CharField(_("Street"), max_length=160, blank=True)
    extra = models.CharField(_("Second line"), max_length=160, blank=True)
    postcode = models.CharField(_("Postcode"), max_length=20, blank=True)
    city = models.CharField(_("City"), max_length=120, blank=True)
    country = models.CharField(_("Country"), max_length=2, blank=True)
    vat_id = models.CharField(_("VAT number"), max_length=20, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)

    ADDRESS = ("name", "street", "extra", "postcode", "city", "country", "vat_id", "email")
    SNAPSHOT: tuple[str, ...] = ADDRESS

    class Meta:
        abstract = True

    @property
    def is_complete(self) -> bool:
        """Whether an invoice can carry it."""
        return all((self.name, self.street, self.postcode, self.city, self.country))

    def snapshot(self) -> dict[str, Any]:
        """What an issued invoice keeps of it."""
        return {name: getattr(self, name) for name in self.SNAPSHOT}


class OfMoneyQuerySet(TenantQuerySet):
    """The agency's own data and rules, for those of its people who see sums."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows if member.is_specialist and member.can("money") else rows.none()


class TaxProfile(Party, TenantModel):
    """How the agency writes invoices; one row, none as long as nobody filled it in.

    series, credit_series: what stands before the year in the numbers of invoices and of credit notes; the same word
    means one common sequence. tax_rate: percent, offered for new lines. register: where the company is entered.
    """

    tax_number = models.CharField(_("Tax number"), max_length=40, blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    register = models.CharField(_("Register"), max_length=160, blank=True)
    managers = models.CharField(_("Managing directors"), max_length=160, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    bank = models.CharField(_("Bank"), max_length=120, blank=True)
    series = models.CharField(_("Series of invoices"), max_length=10, blank=True)
    credit_series = models.CharField(_("Series of credit notes"), max_length=10, blank=True)
    tax_rate = models.DecimalField(
        _("Usual tax rate"), max_digits=5, decimal_places=2, default=Decimal(19), validators=SHARE
    )
    terms_days = models.PositiveSmallIntegerField(_("Days to pay"), default=USUAL_TERMS)

    SNAPSHOT = (*Party.ADDRESS, "tax_number", "phone", "register", "managers", "iban", "bic", "bank")

    objects = OfMoneyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency"], name="tax_profile_once")]

    def __str__(self):
        return self.name


class BillingDataQuerySet(TenantQuerySet):
    """Clients' billing data: for staff who see sums, and for the client's people with the area."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if not member.is_specialist:
            return rows.filter(client_id__in=member.clients_of("money"))
        if not member.can("money"):
            return rows.none()
        return rows if member.sees_all_clients else rows.filter(client_id__in=member.client_ids)


class BillingData(Party, TenantModel):
    """How a client gets its invoices. currency, terms_days, tax_rate: empty means the agency's.

    buyer_reference: what a public body wants to find on it (in Germany the Leitweg-ID); with one there is an XRechnung too.
    """

    client = TenantForeignKey(Client, on_delete=models.CASCADE, editable=False, related_name="+")
    person = models.CharField(_("For the attention of"), max_length=120, blank=True)
    number = models.CharField(_("Customer number"), max_length=40, blank=True)
    buyer_reference = models.CharField(_("Buyer reference"), max_length=60, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, blank=True)
    language = models.CharField(_("Language"), max_length=8, blank=True)
    terms_days = models.PositiveSmallIntegerField(_("Days to pay"), null=True, blank=True)
    tax_category = models.CharField(_("Tax"), max_length=2, choices=TaxCategory, default=TaxCategory.STANDARD)
    tax_rate = models.DecimalField(
        _("Tax rate"), max_digits=5, decimal_places=2, null=True, blank=True, validators=SHARE
    )

    SNAPSHOT = (*Party.ADDRESS, "person", "number", "buyer_reference")

    objects = BillingDataQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "billing data"
        constraints = [
            models.UniqueConstraint(fields=["agency", "client"], name="billing_data_once"),
            models.CheckConstraint(
                condition=Q(tax_rate=None) | Q(tax_category=TaxCategory.STANDARD) | Q(tax_rate=0),
                name="billing_data_rate_fits",
            ),
        ]

    def __str__(self):
        return self.name

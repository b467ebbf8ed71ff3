"""The tenant: an agency, perhaps in a network, and the addresses under which it is found."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.reserved import AGENCY_WORDS
from portal.tenancy.slugs import SLUG

from .base import TenantQuerySet


class Network(models.Model):
    """A chain of agencies under one owner."""

    name = models.CharField(_("Name"), max_length=120)

    def __str__(self):
        return self.name


class FactorPolicy(models.TextChoices):
    """Which second factor a kind of member must have; the strictest of a person's agencies applies."""

    EMAIL = "email", _("E-mail code or authenticator app")
    TOTP = "totp", _("Authenticator app")


class AgencyQuerySet(TenantQuerySet):
    """Agencies are their own tenant."""

    def visible_to(self, member):
        return self.filter(pk=member.agency_id)


class Agency(models.Model):
    """A tenant: its look, its rules, its texts. Everybody who reaches its address may read this row."""

    network = models.ForeignKey(Network, on_delete=models.SET_NULL, null=True, blank=True)
    name = models.CharField(_("Name"), max_length=120)
    slug = models.SlugField(_("Address"), max_length=40, unique=True, validators=[RegexValidator(SLUG)])
    host = models.CharField(_("Own domain"), max_length=253, blank=True)
    mail_domain = models.CharField(_("Mail domain"), max_length=253, blank=True)
    takes_any_address = models.BooleanField(
        _("Take mails to any address of the mail domain"), default=True, db_default=True
    )
    hold_strangers = models.BooleanField(_("Hold mails of strangers"), default=True, db_default=True)
    brand_hex = models.CharField(_("Colour"), max_length=7, default="#0b6e75")
    logo_key = models.CharField(max_length=200, blank=True, editable=False)
    logo_type = models.CharField(max_length=40, blank=True, editable=False)
    sender_name = models.CharField(_("Sender's name"), max_length=120, blank=True)
    sender_address = models.EmailField(_("Sender's address"), blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    language = models.CharField(_("Language"), max_length=8, default="en")
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Berlin")
    currency = models.CharField(_("Currency"), max_length=3, default="EUR")
    embargo_days = models.PositiveSmallIntegerField(_("Timeline delay in days"), default=10)
    correction_days = models.PositiveSmallIntegerField(_("Business days for corrections"), default=5)
    staff_factor = models.CharField(max_length=8, choices=FactorPolicy, default=FactorPolicy.TOTP)
    contact_factor = models.CharField(max_length=8, choices=FactorPolicy, default=FactorPolicy.EMAIL)
    vendor_factor = models.CharField(max_length=8, choices=FactorPolicy, default=FactorPolicy.EMAIL)
    imprint = models.TextField(_("Imprint"), blank=True)
    privacy = models.TextField(_("Privacy notice"), blank=True)
    data_processing = models.TextField(_("Data processing"), blank=True)
    branded_at = models.DateTimeField(auto_now=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "agencies"
        constraints = [
            models.CheckConstraint(condition=~models.Q(slug__in=AGENCY_WORDS), name="agency_slug_not_reserved"),
        ]

    def __str__(self):
        return self.name

    @property
    def agency_id(self) -> int:
        """An agency is its own tenant."""
        return self.pk

    @property
    def brand_version(self) -> int:
        return int(self.branded_at.timestamp())

    def factor_policy(self, kind: str) -> str:
        """The second factor asked of members of this kind."""
        fields = {"specialist": self.staff_factor, "contact": self.contact_factor, "vendor": self.vendor_factor}
        return fields[kind]


class AgencyAddress(models.Model):
    """Global index from the first word of a path, or a host name, to an agency. Holds nothing else, so it needs no wall."""

    name = models.CharField(max_length=253, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="addresses", db_constraint=False)

    def __str__(self):
        return self.name

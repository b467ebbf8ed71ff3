"""Outside organisations whose people work on projects."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.tenancy.walls import TenantForeignKey

from .base import TenantModel, TenantQuerySet
from .client import Client


class Engagement(models.TextChoices):
    """Who engaged a vendor."""

    SUPPLIER = "supplier", _("Supplier, engaged by the agency")
    PROVIDER = "provider", _("Provider, engaged by the client")


class VendorQuerySet(TenantQuerySet):
    """Outside organisations: staff see all, a vendor's people their own, contacts their providers."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows
        if member.is_vendor:
            return rows.filter(pk=member.vendor_id)
        return rows.filter(client_id__in=member.client_ids)


class Vendor(TenantModel):
    """An outside organisation with members. A provider belongs to the client that engaged it.

    What its people may on tickets: answers_client: their words go to the client, else to the agency only; reads_private: they
    see private comments. knows_client: they learn what the client is called; without, they have tickets alone (portal.tenancy.veiling).
    """

    name = models.CharField(_("Name"), max_length=120)
    engagement = models.CharField(_("Engaged by"), max_length=10, choices=Engagement)
    client = TenantForeignKey(Client, on_delete=models.CASCADE, null=True, blank=True, related_name="providers")
    answers_client = models.BooleanField(_("Answers the client"), default=True, db_default=True)
    reads_private = models.BooleanField(_("Reads private comments"), default=False, db_default=False)
    knows_client = models.BooleanField(_("Learns the client's name"), default=True, db_default=True)

    objects = VendorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(engagement="supplier", client=None)
                | models.Q(engagement="provider", client__isnull=False),
                name="vendor_provider_has_client",
            ),
            models.CheckConstraint(
                condition=models.Q(engagement="supplier") | models.Q(knows_client=True),
                name="vendor_provider_knows_client",
            ),
            models.UniqueConstraint(fields=["agency", "name"], name="vendor_name_unique"),
        ]

    def __str__(self):
        return self.name

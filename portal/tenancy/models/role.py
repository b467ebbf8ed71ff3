"""Kinds of members, areas of a client, and roles with what they allow."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .base import TenantModel


class Kind(models.TextChoices):
    """The three kinds of members."""

    SPECIALIST = "specialist", _("Specialist")
    CONTACT = "contact", _("Contact")
    VENDOR = "vendor", _("Vendor")


class Area(models.TextChoices):
    """What a contact may see of a client."""

    WORK = "work", _("Work")
    TICKETS = "tickets", _("Tickets")
    MAILS = "mails", _("Mails")
    MONEY = "money", _("Money")
    SECURITY = "security", _("Security")


VENDOR_AREAS = (Area.WORK, Area.TICKETS, Area.MAILS)
"""What a shared project opens to a vendor; sums and security stay between agency and client."""


class Permission(models.TextChoices):
    """What a role allows. Without `write` a member only reads."""

    WRITE = "write", _("Write protocols, comments and mails")
    ALL_CLIENTS = "all_clients", _("See every client")
    MANAGE_CLIENTS = "manage_clients", _("Create and change clients and projects")
    MANAGE_PEOPLE = "manage_people", _("Invite and change members")
    MANAGE_AGENCY = "manage_agency", _("Change the agency's settings")
    MONEY = "money", _("See sums and rates")
    SECURITY = "security", _("See the security log")


class Role(TenantModel):
    """A named set of permissions for one kind of member."""

    kind = models.CharField(_("Kind"), max_length=12, choices=Kind)
    name = models.CharField(_("Name"), max_length=60)
    code = models.SlugField(max_length=30)
    permissions = ArrayField(models.CharField(max_length=20, choices=Permission), default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "kind", "code"], name="role_code_unique")]

    def __str__(self):
        return gettext(self.name)  # presets are stored in English

"""How people are called on pages and in mails, and whose they are."""

from django.utils.translation import gettext as _

from portal.tenancy.models import Client, Member


def name_of(member: Member | None) -> str:
    """The person's name; whoever is gone for good stays somebody."""
    return str(member) if member else _("Somebody who has left")


def house_of(member: Member | None, client: Client) -> str:
    """The company somebody speaks for."""
    if member is None:
        return ""
    if member.is_vendor:
        return member.vendor.name
    return client.name if member.is_contact else client.agency.name

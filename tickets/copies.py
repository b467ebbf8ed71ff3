"""Whom a mail names besides its writer."""

from email.utils import getaddresses

from portal.core.context import tenant
from portal.mail.headers import headers_of
from portal.mail.models import InboundMail
from portal.tenancy.models import Member


def people_in_copy(agency_id: int, inbound_id: int) -> list[Member]:
    """Members of the agency whom the mail names in To and Cc; whether they may follow is asked where they are added."""
    with tenant(agency_id):
        head = headers_of(bytes(InboundMail.objects.values_list("raw", flat=True).get(pk=inbound_id)))
        named = getaddresses([str(value) for name in ("To", "Cc") for value in head.get_all(name, [])])
        addresses = {address.lower() for _name, address in named if "@" in address}
        members = Member.objects.filter(agency_id=agency_id, user__email__in=addresses)
        return list(members.active().complete())

"""A new address for a client: when the old one has come into wrong hands, or gets too much spam."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from mailbox import letter
from portal.core.formats import format_date
from portal.events.record import record
from portal.mail.addresses import replace
from portal.mail.models import ClientAddress
from portal.tenancy.models import Client, Member
from portal.tenancy.models.role import Area

GRACE_DAYS = 30
MOST_DAYS = 90


def can_renew(member: Member, client: Client) -> bool:
    """Staff who look after clients; of the client's people those who look after its security."""
    if not member.can_write_for(client) or not member.sees_client(client):
        return False
    if member.is_specialist:
        return member.can("manage_clients")
    return member.is_contact and client.pk in member.clients_of(Area.SECURITY)


@transaction.atomic
def renew(client: Client, *, by: Member, days: int = GRACE_DAYS) -> ClientAddress:
    """A new address from now on; the old one is taken for so many more days (0 to 90), then its mails wait to be sorted."""
    if client.agency_id != by.agency_id or not can_renew(by, client):
        raise PermissionDenied
    if not 0 <= days <= MOST_DAYS:
        raise ValueError(f"an old address is taken for 0 to {MOST_DAYS} days, not {days}")
    until = timezone.now() + timedelta(days=days)
    address = replace(client, valid_until=until)
    record("address.renewed", address, by=by, name=client.name, until=format_date(until))
    transaction.on_commit(lambda: letter.forget(client))
    return address

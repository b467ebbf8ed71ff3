"""The letter icon at the top right: the client's own mail address, for whoever may see the client's mails."""

import time
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from mailbox.presenter import seen_by
from portal.mail.addresses import current_address
from portal.tenancy.models import Client, Member
from tickets.mail_in import address_of, may_ask

REMEMBERED_SECONDS = 15
MOST_REMEMBERED = 10_000
NEW = timedelta(seconds=60)
"""A new address is not remembered, since the transaction that made it may still be rolled back."""
_addresses: dict[tuple[int, int], tuple[str, float]] = {}


def is_open(member: Member, client: Client) -> bool:
    """Whether the client's address is for this member: not without the area, and not for suppliers."""
    return member.sees_client(client) if member.is_specialist else client.pk in member.clients_of("mails")


def letter_of(request, client) -> dict | None:
    """Address and who sees what is sent there; None for readers without the area, and for suppliers."""
    member = request.member
    if not is_open(member, client):
        return None
    address = _remembered(client)
    page = reverse("mailbox:address", args=[client.slug])
    return {
        "address": address,
        "mailto": f"mailto:?cc={address}",
        # Whether a type of ticket is offered at all, the drawer asks; no page pays for that.
        "tickets": address_of(address) if may_ask(member, client) else "",
        "client": client.name if member.is_specialist else "",
        "seen_by": seen_by(request.agency, client, None),
        "url": page,
        # On its own page it stands there already; part of what the kept frame goes by (portal.core.templatetags.keep).
        "loads": request.path != page,
    }


def _remembered(client) -> str:
    """Every page of the client shows the address, and it hardly ever changes; an old one is taken for long after."""
    key = (client.agency_id, client.pk)
    address, until = _addresses.get(key, ("", 0.0))
    if time.monotonic() < until:
        return address
    row = current_address(client)
    if timezone.now() - row.created_at >= NEW:
        if len(_addresses) >= MOST_REMEMBERED:
            _addresses.clear()
        _addresses[key] = str(row), time.monotonic() + REMEMBERED_SECONDS
    return str(row)


def forget(client: Client) -> None:
    """It has a new address; other processes notice within seconds."""
    _addresses.pop((client.agency_id, client.pk), None)


def forget_all() -> None:
    """For whoever begins with another database (tests), where a client of the same number has another address."""
    _addresses.clear()

"""The letter icon at the top right: the client's own mail address, for whoever may see the client's mails."""

from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.mail.addresses import current_address

REMEMBERED_SECONDS = 300
NEW = timedelta(seconds=60)
NEW_SECONDS = 15
"""A new address is remembered for short, since the transaction that made it may still be rolled back."""


def letter_of(request, client) -> dict | None:
    """Address and who sees what is sent there; None for readers without the area, and for suppliers."""
    member = request.member
    if not (member.is_specialist or client.pk in member.clients_of("mails")):
        return None
    address = _remembered(client)
    names = {"client": client.name, "agency": request.agency.name}
    return {
        "address": address,
        "mailto": f"mailto:?cc={address}",
        "client": client.name if member.is_specialist else "",
        "seen_by": _("Seen by %(agency)s, by people of %(client)s with the area Mails, and by its providers") % names,
    }


def _remembered(client) -> str:
    """Every page of the client shows the address, and it hardly ever changes."""
    key = f"{client.agency_id}:letter:{client.pk}"
    address = cache.get(key)
    if address is None:
        row = current_address(client)
        is_new = timezone.now() - row.created_at < NEW
        address = str(row)
        cache.set(key, address, NEW_SECONDS if is_new else REMEMBERED_SECONDS)
    return address

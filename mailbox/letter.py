"""The letter icon at the top right: the client's own mail address, for whoever may see the client's mails."""

from django.core.cache import cache
from django.utils.translation import gettext as _

from portal.mail.addresses import address_for

REMEMBERED_SECONDS = 300


def letter_of(request, client) -> dict | None:
    """Address and who sees what is sent there; None for readers without the area, and for suppliers."""
    member = request.member
    if not (member.is_specialist or client.pk in member.clients_of("mails")):
        return None
    # Every page of the client shows it, and it hardly ever changes.
    key = f"{client.agency_id}:letter:{client.pk}"
    address = cache.get_or_set(key, lambda: address_for(client), REMEMBERED_SECONDS)
    names = {"client": client.name, "agency": request.agency.name}
    return {
        "address": address,
        "mailto": f"mailto:?cc={address}",
        "client": client.name if member.is_specialist else "",
        "seen_by": _("Seen by %(agency)s, by people of %(client)s with the area Mails, and by its providers") % names,
    }

"""The place of protocols in the menu."""

from django.utils.translation import gettext_lazy as _

from portal.tenancy.navigation import Entry
from protocols.models import Protocol, ProtocolQuerySet


def unread(member, client) -> ProtocolQuerySet:
    """What the member has not opened yet, of this client or of all."""
    rows = Protocol.objects.visible_to(member).unread_by(member)
    return rows.of(client) if client else rows


ENTRY = Entry(
    "protocols:index",
    "protocol",
    _("Protocols"),
    of_client=True,
    area="work",
    group="center",
    order=210,
    bottom=True,
    namespace="protocols",
    unread=unread,
)

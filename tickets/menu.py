"""The places of tickets in the menu."""

from django.utils.translation import gettext_lazy as _

from portal.tenancy.navigation import Entry
from tickets.models import Ticket, TicketQuerySet


def unread(member, client) -> TicketQuerySet:
    """Where the next step is the member's, at this client or at all."""
    rows = Ticket.objects.visible_to(member).waiting_for(member)
    return rows.of(client) if client else rows


def on_desk(member, _client) -> TicketQuerySet:
    """What is on the member's desk, whichever client the page is of."""
    return Ticket.objects.visible_to(member).of_member(member)


ENTRIES = (
    Entry(
        "desk:index",
        "ticket",
        _("All tickets"),
        kinds=("specialist", "vendor"),
        order=20,
        bottom=True,
        namespace="desk",
        unread=on_desk,
    ),
    Entry(
        "tickets:index",
        "ticket",
        _("Tickets"),
        of_client=True,
        area="tickets",
        group="center",
        order=205,
        bottom=True,
        namespace="tickets",
        tone="warn",
        unread=unread,
    ),
)

"""What a leaving specialist leaves open: tickets on his or her desk."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.events.record import record
from portal.people.handover import Handover as LeavingBehind
from portal.tenancy.models import Member
from tickets.actions.following import add_followers, can_see
from tickets.actions.history import lock, note, words_of
from tickets.models import Handover, Ticket


def _open(member: Member):
    return Ticket.objects.filter(agency_id=member.agency_id, assignee=member).open()


def _count(member: Member) -> int:
    return _open(member).count()


def _hand_over(member: Member, to: Member) -> None:
    """Each remembers it as any other hand-over, and is told of. What the new one may not see is nobody's; its team hears of that."""
    lock(*_open(member))
    for ticket in _open(member).select_related("client", "project").order_by("pk"):
        ticket.assignee = to if can_see(to, ticket) else None
        ticket.save(update_fields=["assignee"])
        about: dict[str, Any] = {"agency_id": ticket.agency_id, "ticket": ticket}
        Handover.objects.create(**about, from_member=member, to_member=ticket.assignee)
        note(ticket, "assignee", member, ticket.assignee, by=None)
        add_followers(ticket, [ticket.assignee], by=None)
        desk: dict[str, Any] = {
            "assignee": ticket.assignee and to.pk,
            "team": None if ticket.assignee else ticket.team_id,
        }
        record("ticket.assigned", ticket, by=None, **desk, **words_of(ticket))


ON_DESK = LeavingBehind(_("Open tickets"), _count, _hand_over)

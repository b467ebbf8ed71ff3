"""What every change leaves behind: a line of history, and a fresh moment on the ticket."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.models import Member
from tickets.models import Change, Ticket


def lock(*tickets: Ticket) -> None:
    """Whoever comes at the same moment waits. In one order for all: by id, and the wholes of which they are parts with them.

    So nobody who has a whole waits for a part of which somebody has hold who waits for the whole. Rows that refer to a ticket
    may be written meanwhile (no_key).
    """
    if not tickets:
        return
    with tenant(tickets[0].agency_id):
        keys = {ticket.pk for ticket in tickets}
        wholes = Ticket.objects.filter(pk__in=keys, parent__isnull=False).values_list("parent", flat=True)
        rows = Ticket.objects.select_for_update(no_key=True).filter(pk__in=keys.union(wholes))
        list(rows.order_by("pk").values_list("pk"))


def locked(ticket: Ticket) -> Ticket:
    """The ticket as it stands now, and nobody changes it.

    Locked first and read then: a lock that joins the status finds nothing when that changed while it waited.
    """
    lock(ticket)
    rows = Ticket.objects.select_related("client__agency", "project", "type", "status", "assignee__user")
    return rows.get(pk=ticket.pk)


def locked_for_change(ticket: Ticket, by: Member) -> Ticket:
    """The same, for somebody who may change it."""
    ticket = locked(ticket)
    if not ticket.can_be_changed_by(by):
        raise PermissionDenied
    return ticket


def note(ticket: Ticket, what: str, old: Any, new: Any, *, by: Member | None, is_internal: bool = False) -> None:
    """Remember that something became different."""
    Change.objects.create(
        agency_id=ticket.agency_id,
        ticket=ticket,
        what=what,
        old=str(old or "")[:200],
        new=str(new or "")[:200],
        is_internal=is_internal,
        changed_by=by,
    )


def touch(ticket: Ticket, *fields: str, is_internal: bool = False) -> None:
    """Save these columns, and that something happened; is_internal: that outsiders must not notice."""
    ticket.touched_at = timezone.now()
    ticket.told_at = ticket.told_at if is_internal else ticket.touched_at
    ticket.save(update_fields=[*fields, "touched_at", "told_at"])


def words_of(ticket: Ticket) -> dict[str, Any]:
    """What titles and links of events need."""
    return {"number": ticket.number, "key": ticket.key, "title": ticket.title}

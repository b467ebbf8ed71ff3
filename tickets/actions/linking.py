"""Tickets that belong together."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.core.context import tenant
from portal.tenancy.models import Member
from tickets.actions.history import locked_for_change, note
from tickets.models import Link, LinkKind, Ticket


class SameTicket(Exception):
    """A ticket cannot be linked with itself."""


def link(ticket: Ticket, other: Ticket, *, kind: str, by: Member | None) -> Link:
    """Put the two together, once; for actions that have asked who may. Both get a line of history."""
    with tenant(ticket.agency_id):
        words = {"agency_id": ticket.agency_id, "ticket": ticket, "other": other, "kind": kind}
        found, is_new = Link.objects.get_or_create(**words, defaults={"created_by": by})
        if is_new:
            note(ticket, "linked", "", other.key, by=by)
            note(other, "linked", "", ticket.key, by=by)
    return found


def living(ticket: Ticket) -> int:
    """The id of the ticket into which it was merged, through all steps; its own when it was not."""
    pk, seen = ticket.pk, {ticket.pk}
    while True:
        rows = Link.objects.filter(agency_id=ticket.agency_id, ticket=pk, kind=LinkKind.MERGED)
        into = rows.order_by("-pk").values_list("other_id", flat=True).first()
        if into is None or into in seen:
            return pk
        pk = into
        seen.add(into)


@transaction.atomic
def part_ways(found: Link, *, by: Member) -> None:
    """They do not belong together after all; both keep a line of it. What was merged stays so: its words have gone along."""
    ticket = locked_for_change(found.ticket, by)
    if found.kind == LinkKind.MERGED:
        raise PermissionDenied
    with tenant(ticket.agency_id):
        if Link.objects.filter(pk=found.pk).delete()[0]:
            note(ticket, "unlinked", "", found.other.key, by=by)
            note(found.other, "unlinked", "", ticket.key, by=by)


@transaction.atomic
def join(ticket: Ticket, other: Ticket, *, kind: str, by: Member) -> Link:
    """Somebody says how two tickets belong together. Raises SameTicket."""
    ticket = locked_for_change(ticket, by)
    if ticket.pk == other.pk:
        raise SameTicket
    return link(ticket, other, kind=kind, by=by)

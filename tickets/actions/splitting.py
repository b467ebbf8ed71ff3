"""Complex tickets are made of parts, each a ticket of its own; and lists of what is to be ticked off."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.tenancy.models import Member
from tickets.actions.changing import count_parts
from tickets.actions.history import locked, locked_for_change, note, touch
from tickets.actions.opening import open_ticket
from tickets.models import ChecklistItem, Ticket, TicketType

MOST_ITEMS = 100


class NoParts(Exception):
    """Tickets of this type, and parts themselves, are not made of parts."""


class TooMany(Exception):
    """The checklist is full."""


@transaction.atomic
def add_part(ticket: Ticket, *, by: Member, title: str, type: TicketType) -> Ticket:
    """One more part, in the same project. Raises NoParts."""
    ticket = locked(ticket)
    if not ticket.can_be_organised_by(by):
        raise PermissionDenied
    if not ticket.type.has_parts or ticket.parent_id:
        raise NoParts
    part = open_ticket(ticket.client, by=by, type=type, title=title, project=ticket.project, parent=ticket)
    note(ticket, "part", "", part.key, by=by)
    touch(ticket)
    count_parts(ticket.pk, ticket.agency_id)
    return part


@transaction.atomic
def release(part: Ticket, *, by: Member) -> Ticket:
    """It is no part any more, but a ticket of its own."""
    whole = locked(part.parent)  # the whole before its parts, as everywhere
    part = locked(part)
    if not whole.can_be_organised_by(by) or part.parent_id != whole.pk:
        raise PermissionDenied
    part.parent = None
    touch(part, "parent")
    note(whole, "released", "", part.key, by=by)
    note(part, "released", "", part.key, by=by)
    count_parts(whole.pk, whole.agency_id)
    return part


@transaction.atomic
def add_item(ticket: Ticket, *, by: Member, text: str) -> ChecklistItem:
    """One more thing to tick off. Raises TooMany."""
    ticket = locked_for_change(ticket, by)
    rows = ChecklistItem.objects.filter(agency_id=ticket.agency_id, ticket=ticket)
    if rows.count() >= MOST_ITEMS:
        raise TooMany
    last = rows.aggregate(last=Max("position"))["last"] or 0
    return ChecklistItem.objects.create(agency_id=ticket.agency_id, ticket=ticket, text=text, position=last + 1)


@transaction.atomic
def tick(item: ChecklistItem, *, by: Member, is_done: bool) -> ChecklistItem:
    """Done, or not after all."""
    locked_for_change(item.ticket, by)
    item = ChecklistItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if is_done != (item.done_at is not None):
        item.done_at, item.done_by = (timezone.now(), by) if is_done else (None, None)
        item.save(update_fields=["done_at", "done_by"])
    return item


@transaction.atomic
def remove_item(item: ChecklistItem, *, by: Member) -> None:
    """It need not be done."""
    locked_for_change(item.ticket, by)
    ChecklistItem.objects.filter(pk=item.pk).delete()

"""Where an answer of the client's people to a closed ticket belongs, whether it comes by mail or from the page."""

from contextlib import suppress

from django.db import transaction

from portal.core.context import tenant
from portal.tenancy.models import Member
from tickets.actions.changing import reopen
from tickets.actions.history import lock, locked
from tickets.actions.linking import living
from tickets.actions.opening import open_follower
from tickets.models import Link, LinkKind, Ticket, can_be_opened_by


class _MergedOn(Exception):
    """The ticket where it went on was merged into another one before it was locked."""


def lock_with_the_living(ticket: Ticket, *others: Ticket) -> int:
    """The ticket, the one into which it was merged, whose id is given back, and others, in the one order of all locks: call it
    before any of them is locked.

    Nobody merges either away afterwards. When somebody did so just before, both are let go and it is tried anew.
    """
    with tenant(ticket.agency_id):
        while True:
            into = living(ticket)
            with suppress(_MergedOn), transaction.atomic():
                lock(ticket, Ticket(agency_id=ticket.agency_id, pk=into), *others)
                if living(ticket) == into:
                    return into
                raise _MergedOn


def where_it_goes_on(ticket: Ticket, *, by: Member) -> Ticket:
    """The ticket into which it was merged; else itself, open again while its type allows that; else the one that follows it.

    That one is new, unless an earlier answer has begun it and it is still open.

    Whoever may not speak where it went on, for it lies in another project, speaks of his own; it stays closed for whoever may
    do no more than comment.
    """
    ticket = _living_for(ticket, by) or ticket
    if not ticket.is_closed:
        return ticket
    if ticket.can_be_reopened_by(by):
        return reopen(ticket, by=by)
    if follower := _follower_of(ticket, by):
        return follower
    may_open = can_be_opened_by(by, ticket.client, ticket.project_id)
    return open_follower(ticket, by=by) if may_open else ticket


def _follower_of(ticket: Ticket, by: Member) -> Ticket | None:
    """What was begun when this one was closed already, as long as it is open."""
    with tenant(ticket.agency_id):
        links = Link.objects.filter(agency_id=ticket.agency_id, other=ticket, kind=LinkKind.FOLLOWS)
        following = list(links.values_list("ticket_id", flat=True))
    rows = Ticket.objects.visible_to(by).open().filter(pk__in=following, created_at__gte=ticket.closed_at)
    newest = rows.order_by("-pk").first()
    found = newest and locked(newest)
    return found if found and not found.is_closed and found.can_be_commented_by(by) else None


def _living_for(ticket: Ticket, by: Member) -> Ticket | None:
    with tenant(ticket.agency_id):
        into = living(ticket)
    if not Ticket.objects.visible_to(by).filter(pk=into).exists():
        return None
    found = locked(Ticket(agency_id=ticket.agency_id, pk=into))
    return found if found.can_be_commented_by(by) else None

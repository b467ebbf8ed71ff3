"""Where an answer of the client's people to a closed ticket belongs, whether it comes by mail or from the page."""

from contextlib import suppress

from django.db import transaction

from portal.core.context import tenant
from portal.tenancy.models import Member
from tickets.actions.changing import reopen
from tickets.actions.history import lock, locked
from tickets.actions.merging import living
from tickets.actions.opening import open_follower
from tickets.models import Ticket


class _MergedOn(Exception):
    """The ticket where it went on was merged into another one before it was locked."""


def lock_with_the_living(ticket: Ticket) -> None:
    """The ticket, and the one into which it was merged, in the one order of all locks: call it before either is locked.

    Nobody merges either away afterwards. When somebody did so just before, both are let go and it is tried anew.
    """
    with tenant(ticket.agency_id):
        while True:
            into = living(ticket)
            with suppress(_MergedOn), transaction.atomic():
                lock(ticket, Ticket(agency_id=ticket.agency_id, pk=into))
                if living(ticket) == into:
                    return
                raise _MergedOn


def where_it_goes_on(ticket: Ticket, *, by: Member) -> Ticket:
    """The ticket into which it was merged; else itself, open again while its type allows that; else a new one that follows it."""
    with tenant(ticket.agency_id):
        into = living(ticket)
    if into != ticket.pk:
        ticket = locked(Ticket(agency_id=ticket.agency_id, pk=into))
    if not ticket.is_closed:
        return ticket
    return reopen(ticket, by=by) if ticket.can_be_reopened_by(by) else open_follower(ticket, by=by)

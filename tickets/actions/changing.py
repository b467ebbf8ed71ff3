"""Moving a ticket along: its state, and who works on it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Member
from tickets.actions.following import add_followers, can_see
from tickets.actions.history import locked, locked_for_change, note, touch, words_of
from tickets.models import Handover, Stage, Team, Ticket, TicketStatus


class OtherType(Exception):
    """The status belongs to another type of tickets."""


class CannotAssign(Exception):
    """The ticket is not open to this person, or the person is one of the client's."""


@transaction.atomic
def move(ticket: Ticket, *, by: Member, status: TicketStatus) -> Ticket:
    """To another status of its type; the last one closes it. Raises OtherType."""
    ticket = locked_for_change(ticket, by)
    if status.type_id != ticket.type_id:
        raise OtherType
    return _put(ticket, status, by)


@transaction.atomic
def move_to(ticket: Ticket, *, by: Member, stage: str) -> Ticket:
    """To the next status of this stage, unless it is in that stage already. Raises OtherType when its type has none."""
    ticket = locked_for_change(ticket, by)
    if ticket.stage == stage:
        return ticket
    if stage not in Stage or not ticket.type.statuses.filter(stage=stage).exists():
        raise OtherType
    return put(ticket, stage=stage, by=by)


@transaction.atomic
def advance(ticket: Ticket, *, by: Member) -> Ticket:
    """One step further in the flow of its type; at the end it stays where it is."""
    ticket = locked_for_change(ticket, by)
    later = ticket.type.statuses.filter(position__gt=ticket.status.position).order_by("position", "pk")
    return _put(ticket, later.first() or ticket.status, by)


@transaction.atomic
def close(ticket: Ticket, *, by: Member) -> Ticket:
    """Done. A second call changes nothing."""
    ticket = locked(ticket)
    if ticket.is_closed:
        return ticket
    if not ticket.can_be_closed_by(by):
        raise PermissionDenied
    return put(ticket, stage=Stage.DONE, by=by)


@transaction.atomic
def reopen(ticket: Ticket, *, by: Member) -> Ticket:
    """Not done after all."""
    ticket = locked(ticket)
    if not ticket.is_closed:
        return ticket
    if not ticket.can_be_reopened_by(by):
        raise PermissionDenied
    return put(ticket, stage=Stage.WORKING, by=by)


def put(ticket: Ticket, *, stage: str, by: Member | None) -> Ticket:
    """To the type's next status of this stage, or back to the last one; for actions that hold the lock and have asked who may.

    What was estimated already is not estimated again when work on it goes on.
    """
    steps = list(ticket.type.statuses.filter(stage=stage).order_by("position", "pk"))
    return _put(ticket, next((step for step in steps if step.position > ticket.status.position), steps[-1]), by)


def _put(ticket: Ticket, status: TicketStatus, by: Member | None) -> Ticket:
    if status.pk == ticket.status_id:
        return ticket
    before, was_closed, now = ticket.status, ticket.is_closed, timezone.now()
    ticket.status, ticket.stage, ticket.status_since = status, status.stage, now
    is_done = status.stage == Stage.DONE
    ticket.closed_at, ticket.closed_by = (now, by) if is_done else (None, None)
    ticket.percent = 100 if is_done else min(ticket.percent, 99) if was_closed else ticket.percent
    touch(ticket, "status", "stage", "status_since", "closed_at", "closed_by", "percent")
    note(ticket, "status", before.code, status.code, by=by)
    kind = "ticket.closed" if is_done else "ticket.reopened" if was_closed else "ticket.moved"
    record(kind, ticket, by=by, state=status.client_word, step=status.pk, **words_of(ticket))
    count_parts(ticket.parent_id, ticket.agency_id)
    return ticket


def count_parts(parent_id: int | None, agency_id: int) -> None:
    """A ticket that is made of parts is as far as they are; whoever changes a part has locked it too."""
    if parent_id is None:
        return
    with tenant(agency_id):
        parent = Ticket.objects.get(pk=parent_id)
        parts = Ticket.objects.filter(agency_id=agency_id, parent=parent)
        number, done = parts.count(), parts.closed().count()
        percent = parent.percent if parent.is_closed else min(99, round(100 * done / number)) if number else 0
        if percent != parent.percent:
            Ticket.objects.filter(pk=parent.pk).update(percent=percent)


@transaction.atomic
def assign(ticket: Ticket, *, by: Member, to: Member | None, team_id: int | None = None, reason: str = "") -> Ticket:
    """Give it to a person, to a team's queue, or to both; the hand-over is remembered. Raises CannotAssign.

    None and None: nobody works on it. Vendors leave the team as it is.
    """
    ticket = locked_for_change(ticket, by)
    if to and (to.is_contact or not can_see(to, ticket)):
        raise CannotAssign
    with tenant(ticket.agency_id):
        before = Ticket.objects.select_related("team", "assignee__user").get(pk=ticket.pk)
        chosen = Team.objects.filter(agency_id=ticket.agency_id, pk=team_id).first() if team_id else None
        team = before.team if by.is_vendor else chosen
        if (to and to.pk) == before.assignee_id and (team and team.pk) == before.team_id:
            return ticket
        ticket.assignee, ticket.team = to, team
        touch(ticket, "assignee", "team", is_internal=before.assignee_id == ticket.assignee_id)
        _remember(before, ticket, by, reason)
    add_followers(ticket, [to], by=by)
    queue = team.pk if team and (to is None or team.pk != before.team_id) else None
    record("ticket.assigned", ticket, by=by, assignee=to and to.pk, team=queue, **words_of(ticket))
    return ticket


def _remember(before: Ticket, ticket: Ticket, by: Member, reason: str) -> None:
    Handover.objects.create(
        agency_id=ticket.agency_id,
        ticket=ticket,
        from_team=before.team.name if before.team else "",
        to_team=ticket.team.name if ticket.team else "",
        from_member=before.assignee,
        to_member=ticket.assignee,
        reason=reason,
        handed_by=by,
    )
    if before.assignee_id != ticket.assignee_id:
        note(ticket, "assignee", before.assignee, ticket.assignee, by=by)
    if before.team_id != ticket.team_id:
        note(ticket, "team", before.team, ticket.team, by=by, is_internal=True)

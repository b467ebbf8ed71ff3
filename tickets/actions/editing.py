"""What a ticket is about: title, request, kind, project, deadline and the like."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Member, Project
from tickets.actions.changing import assign
from tickets.actions.filing import call_anew, move_along
from tickets.actions.following import can_see
from tickets.actions.history import locked, locked_for_change, note, touch, words_of
from tickets.actions.splitting import NoParts
from tickets.audience import people_around
from tickets.models import GRACE, DescriptionVersion, Ticket

INTERNAL = ("priority", "estimate_minutes")
"""Changes of these are the agency's own business."""
OURS = (*INTERNAL, "project")
"""What vendors neither see nor change."""


class WiderCircle(Exception):
    """More people would read what was said: the project is shared with them. people: who, where that is known."""

    def __init__(self, people: list[Member] | None = None):
        super().__init__()
        self.people = people or []


@transaction.atomic
def change(ticket: Ticket, *, by: Member, is_sure: bool = False, **fields: Any) -> Ticket:
    """Other facts: title, description, type, project, due_at, priority, estimate_minutes, percent.

    Whoever wrote the description may word it anew within the grace, and no outsider learns of it. Parts go along to another project.
    Raises NoParts when it is made of parts and the kind has none; WiderCircle when people would read the ticket who could not,
    unless `is_sure`.
    """
    ticket = locked_for_change(ticket, by)
    if by.is_vendor and not fields.keys().isdisjoint(OURS):
        raise PermissionDenied
    before = {name: getattr(ticket, name) for name in fields}
    changed = [name for name, value in fields.items() if value != before[name]]
    if not changed:
        return ticket
    if "type" in changed and not fields["type"].has_parts and has_parts(ticket):
        raise NoParts
    if "project" in changed:
        _check_circle(ticket, fields["project"], is_sure=is_sure)
    for name in changed:
        setattr(ticket, name, fields[name])
    inner = {*INTERNAL, "description"} if _is_slip(ticket, by) else set(INTERNAL)
    is_internal = inner.issuperset(changed)
    touch(ticket, *changed, *_fitted(ticket, changed), is_internal=is_internal)
    with tenant(ticket.agency_id):
        _remember(ticket, {name: before[name] for name in changed}, by, inner)
    record("ticket.changed", ticket, by=by, internal=is_internal, what=changed, **words_of(ticket))
    if "title" in changed:  # after the line above, which keeps what the timeline said
        call_anew(ticket)
    return _moved(ticket, before["project"], by) if "project" in changed else ticket


def has_parts(ticket: Ticket) -> bool:
    """Whether it is made of parts, so that its kind must be one that can be."""
    return ticket.type.has_parts and Ticket.objects.filter(agency_id=ticket.agency_id, parent=ticket.pk).exists()


def _check_circle(ticket: Ticket, project: Project | None, *, is_sure: bool) -> None:
    """Whoever moves a ticket says yes to everybody who will then read it, private words too if they have that right."""
    if project and project.client_id != ticket.client_id:
        raise PermissionDenied
    with tenant(ticket.agency_id):
        known = {member.pk for member in people_around(ticket)}
        there = Ticket(agency_id=ticket.agency_id, client_id=ticket.client_id, project_id=project and project.pk)
        people = [member for member in people_around(there) if member.pk not in known]
    if people and not is_sure:
        raise WiderCircle(people)


def _moved(ticket: Ticket, before: Project | None, by: Member) -> Ticket:
    """What hangs on it follows it; whoever does not see it there works on it no more."""
    move_along(ticket)
    for part in Ticket.objects.filter(agency_id=ticket.agency_id, parent=ticket, project=before).order_by("pk"):
        part = locked(part)
        part.project = ticket.project
        touch(part, "project")
        note(part, "project", _said(before), _said(part.project), by=by)
        _moved(part, before, by)
    if ticket.assignee and not can_see(ticket.assignee, ticket):
        return assign(ticket, by=by, to=None, team_id=ticket.team_id, reason=_("Moved to another project"))
    return ticket


def _is_slip(ticket: Ticket, by: Member) -> bool:
    """Whether these are one's own words, just written. Those of others, the client's above all, are never overwritten unseen."""
    is_own = by.pk == ticket.opened_by_id == ticket.logger_id and not (ticket.inbound_id or ticket.content_key)
    if not is_own or timezone.now() >= ticket.created_at + GRACE:
        return False
    return (
        not DescriptionVersion.objects.filter(agency_id=ticket.agency_id, ticket=ticket).exclude(edited_by=by).exists()
    )


def _remember(ticket: Ticket, before: dict[str, Any], by: Member, inner: set[str]) -> None:
    """A line of history for each; what it asked for is kept in full. inner: what outsiders do not learn."""
    for name, value in before.items():
        words = ("", "") if name == "description" else (_said(value), _said(getattr(ticket, name)))
        note(ticket, name, *words, by=by, is_internal=name in inner)
    if "description" in before:
        kept = {"text": before["description"], "edited_by": by, "is_internal": "description" in inner}
        DescriptionVersion.objects.create(agency_id=ticket.agency_id, ticket=ticket, **kept)


def _fitted(ticket: Ticket, changed: list[str]) -> tuple[str, ...]:
    """The columns that follow the type: its first status of the same stage, else its first one."""
    if "type" not in changed:
        return ()
    steps = list(ticket.type.statuses.order_by("position", "pk"))
    ticket.status = next((step for step in steps if step.stage == ticket.stage), steps[0])
    ticket.stage = ticket.status.stage
    return "status", "stage"


def _said(value: Any) -> str:
    """A value in a line of history; moments in a form that every reader's page can show in its own way."""
    return (
        value.isoformat()
        if isinstance(value, datetime)
        else ""
        if value is None
        else str(getattr(value, "name", value))
    )

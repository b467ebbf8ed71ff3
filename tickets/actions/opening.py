"""Opening tickets: by form, by mail, as a part of another one."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Client, Member, Project
from tickets.actions.filing import keep_files
from tickets.actions.following import add_followers, can_see
from tickets.actions.history import words_of
from tickets.actions.linking import link
from tickets.models import LinkKind, Stage, Ticket, TicketType, can_be_opened_by, usual_type
from tickets.numbering import next_number


class NotOpenToContacts(PermissionDenied):
    """The agency alone opens tickets of this type."""


@transaction.atomic
def open_ticket(
    client: Client,
    *,
    by: Member,
    type: TicketType,
    title: str,
    logger: Member | None = None,
    followers: Iterable[Member] = (),
    uploads: Iterable[UploadedFile] = (),
    **fields: Any,
) -> Ticket:
    """A new ticket in its first status. logger: in whose name, when it is not the person's own.

    Logger, opener and assignee follow it. fields: further columns.
    """
    named, project = logger or by, fields.get("project")
    if not can_be_opened_by(by, client, project.pk if project else None) or (
        project is None and by.goes_by_projects(client.pk)
    ):
        raise PermissionDenied
    if by.is_contact and not type.is_open_to_contacts:
        raise NotOpenToContacts
    _check_place(client, project, [named, fields.get("assignee")], by)
    ticket = _numbered(client, type, title=title, logger=named, opened_by=by, side=named.side, **fields)
    add_followers(ticket, [named, by, fields.get("assignee"), *followers], by=by)
    keep_files(ticket, uploads, by=by)
    record("ticket.opened", ticket, by=by, **words_of(ticket))
    return ticket


def _check_place(client: Client, project: Project | None, people: Iterable[Member | None], by: Member) -> None:
    """The project is the client's, and whoever is named sees the ticket there."""
    if project and project.client_id != client.pk:
        raise PermissionDenied
    there = Ticket(agency_id=client.agency_id, client_id=client.pk, project_id=project and project.pk)
    if not all(can_see(member, there) for member in people if member and member.pk != by.pk):
        raise PermissionDenied


def _numbered(client: Client, type: TicketType, **columns: Any) -> Ticket:
    """The row, with the client's next number and in its type's first status."""
    with tenant(client.agency_id):
        number, key = next_number(client)
        status = type.statuses.order_by("position", "pk")[0]
    place = {"agency_id": client.agency_id, "client": client, "number": number, "key": key}
    return Ticket.objects.create(**place, type=type, status=status, stage=Stage.NEW, **columns)


@transaction.atomic
def open_follower(ticket: Ticket, *, by: Member) -> Ticket:
    """A new ticket that follows a closed one, with the same people; the old one stays as it is."""
    with tenant(ticket.agency_id):
        rows = Member.objects.filter(pk__in=ticket.followers.listening().values("member_id"))
        people = list(rows.select_related("user", "role", "vendor"))
    is_open = ticket.type.is_open_to_contacts or not by.is_contact
    kind = ticket.type if is_open else usual_type(ticket.client)
    words = {"type": kind, "title": ticket.title, "project": ticket.project, "followers": people}
    new = open_ticket(ticket.client, by=by, **words)
    link(new, ticket, kind=LinkKind.FOLLOWS, by=by)
    return new

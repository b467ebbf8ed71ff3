"""Files of tickets and of what is said on them."""

from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile

from portal.core.context import tenant
from portal.events.models import Event
from portal.files.actions import store_all
from portal.files.models import File
from portal.notifications.models import Notification
from portal.tenancy.models import Member
from tickets.models import Comment, Ticket, TicketFile, told_about


def keep_files(ticket: Ticket, uploads: Iterable[UploadedFile], *, by: Member, comment: Comment | None = None) -> None:
    """Store uploads and hang them on the ticket, or on a comment; those of private words never leave the agency."""
    is_internal = comment is not None and comment.is_private
    place = {"client": ticket.client, "area": "tickets", "project": ticket.project, "is_internal": is_internal}
    TicketFile.objects.bulk_create(
        TicketFile(agency_id=ticket.agency_id, ticket=ticket, comment=comment, file=file)
        for file in store_all(uploads, by=by, **place)
    )


def keep_inside(said: Comment) -> None:
    """What was public is private now: its files, and what was told or is still to be told of it."""
    files = TicketFile.objects.filter(agency_id=said.agency_id, comment=said)
    File.objects.filter(agency_id=said.agency_id, pk__in=files.values("file_id")).update(is_internal=True)
    about = {"agency_id": said.agency_id, **told_about(said)}
    for public, private in (("ticket.commented", "ticket.noted"), ("ticket.messaged", "ticket.whispered")):
        told = {**about, "kind": public, "payload__comment": said.pk}
        Event.objects.filter(**told).update(kind=private, internal=True)
        Notification.objects.filter(**told).update(kind=private)


def call_anew(ticket: Ticket) -> None:
    """What is still to be mailed of it names it as it is called now: a slip that was mended in time leaves the house nowhere."""
    with tenant(ticket.agency_id):
        events = Event.objects.filter(agency_id=ticket.agency_id, delivered_at=None).about(Ticket, ticket.pk)
        mails = Notification.objects.filter(agency_id=ticket.agency_id).about(Ticket, ticket.pk)
        for row in (*events, *mails.filter(deliveries__ended_at=None, deliveries__isnull=False)):
            row.payload["title"] = ticket.title
            row.save(update_fields=["payload"])


def move_along(ticket: Ticket) -> None:
    """Files, events and notifications follow the ticket to its project, or a vendor would keep them."""
    mine = TicketFile.objects.filter(agency_id=ticket.agency_id, ticket=ticket).values("file_id")
    File.objects.filter(agency_id=ticket.agency_id, pk__in=mine).update(project=ticket.project)
    for model in (Event, Notification):
        model.objects.filter(agency_id=ticket.agency_id).about(Ticket, ticket.pk).update(project_id=ticket.project_id)

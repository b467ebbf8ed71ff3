"""Tickets of a client for the scenery: one with words, files and links of all kinds, and one of the shared project."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from portal.people.models import AccessRequest, VendorCard
from portal.tenancy.models import Vendor
from tests.tickets.makers import status_of, type_of
from tickets import actions, muting
from tickets.models import (
    ChecklistItem,
    Comment,
    FieldValue,
    SavedView,
    Team,
    TeamMember,
    Ticket,
    TicketField,
    TicketFile,
    TicketQuerySet,
)
from tickets.models.talk import GRACE

KEPT_OF_TICKETS = {
    "tickets_tickettype": "code icon name hint",
    "tickets_ticketstatus": "code name client_word",
    "tickets_ticketfield": "code",
    "tickets_ticket": "content_key key",
    "tickets_change": "what",
    "tickets_savedview": "query",
    "tickets_ticketcounter": "prefix",
}

OF_TICKETS = {"events_event": "tickets_events", "files_file": "tickets_files"}
"""What tokens in rows of the area tickets are called."""
TICKETS = {
    *OF_TICKETS.values(),
    *(
        f"tickets_{name}"
        for name in (
            "ticket",
            "comment",
            "commentversion",
            "change",
            "descriptionversion",
            "fieldvalue",
            "checklistitem",
        )
    ),
}
"""What a contact with the area tickets sees of a client, besides faces."""


def tickets(t) -> None:
    """Put them on the things of the client; call with the agency's sight."""
    agency = t.client.agency
    t.queue = Team.objects.create(agency=agency, name=f"Queue of {t.client.slug}")
    TeamMember.objects.create(agency=agency, team=t.queue, member=t.staff)
    words = {"type": type_of(agency), "title": "Wrong price", "description": "On Sylt"}
    t.ticket = actions.open_ticket(t.client, by=t.contact, uploads=[_file(t, "Sylt.txt", t.client.slug)], **words)
    t.shared_ticket = actions.open_ticket(t.client, by=t.staff, project=t.project, **words)
    t.other_ticket = actions.open_ticket(t.client, by=t.staff, **words)
    t.mute_token = muting.token_for(t.contact, t.ticket.pk)
    t.tickets = [t.ticket, t.shared_ticket, t.other_ticket]
    t.said = actions.comment(t.ticket, by=t.contact, text="Four", uploads=[_file(t, "Four.txt", t.client.slug)])
    t.said = actions.edit(t.said, by=t.contact, text="Five")
    Comment.objects.filter(pk=t.said.pk).update(created_at=F("created_at") - GRACE)
    t.said = actions.edit(t.said, by=t.contact, text="Four complaints")
    # Still fresh when the last viewer asks to take it back, however long the crawl takes.
    Comment.objects.filter(pk=t.said.pk).update(created_at=F("created_at") + GRACE + timedelta(hours=2))
    t.note = actions.comment(
        t.ticket, by=t.staff, text="He pays late", is_private=True, uploads=[_file(t, "Note.txt", "internal")]
    )
    actions.edit(t.note, by=t.staff, text="He pays very late")
    actions.comment(t.shared_ticket, by=t.contact, text="For the shop")
    actions.comment(t.shared_ticket, by=t.staff, text="Not for the studio", is_private=True)
    links = TicketFile.objects.filter(ticket=t.ticket).select_related("file").order_by("pk")
    t.ticket_link, t.said_link, t.note_link = links
    t.tickets_link = actions.join(t.ticket, t.other_ticket, kind="blocks", by=t.staff)
    actions.assign(t.ticket, by=t.staff, to=t.staff, team_id=t.queue.pk, reason="Sold")
    actions.change(t.ticket, by=t.staff, priority=1, title="Wrong prices", description="On Sylt and Föhr")
    actions.keep_watch_out(t.ticket, by=t.staff, text="He hesitates")
    _around(t, agency)
    t.ticket_type, t.ticket_status = words["type"], status_of(t.ticket, "received")
    t.ticket.refresh_from_db()


def _around(t, agency) -> None:
    t.to_do = ChecklistItem.objects.create(agency=agency, ticket=t.ticket, text="Ask the carrier")
    for is_internal in (False, True):
        code = f"{t.client.slug}-{'inner' if is_internal else 'outer'}"
        field = TicketField.objects.create(
            agency=agency, type=t.ticket.type, code=code, label="Version", is_internal=is_internal
        )
        FieldValue.objects.create(agency=agency, ticket=t.ticket, field=field, value="6.5", is_internal=is_internal)
    t.asked = AccessRequest.objects.create(
        agency=agency, member=t.contact, client=t.client, path=f"/{t.client.slug}/", why="I want to"
    )
    vendor = Vendor.objects.filter(agency=agency).first() or Vendor.objects.create(
        agency=agency, name="South Print", engagement="supplier"
    )
    VendorCard.objects.get_or_create(
        agency=agency, vendor=vendor, defaults={"services": "Print", "languages": "German"}
    )
    t.client_view = SavedView.objects.create(
        agency=agency, member=t.staff, client=t.client, name="Theirs", query="who=me"
    )
    t.view = SavedView.objects.create(agency=agency, member=t.staff, name=f"Mine {t.client.slug}", query="who=me")


def _file(t, name: str, place: str) -> SimpleUploadedFile:
    from tests.canary import token

    return SimpleUploadedFile(name, token(t.client.agency.slug, place, "tickets_files").encode(), "text/plain")


def renumber(things, shift: int) -> None:
    """Numbers say whose they are, so that a page found under a number is the wrong one or the right one."""
    rows: TicketQuerySet = Ticket._base_manager.using("maint").filter(client=things.client)
    rows.update(number=F("number") + shift)


def places_of_tickets(of_client):
    """Model -> place of a row."""

    def with_ticket(w, row):
        is_inner = getattr(row, "is_private", False) or getattr(row, "is_internal", False)
        return "internal" if is_inner else of_client(w, row.ticket)

    def inside(w, row):
        return "internal"

    def of_agency(w, row):
        return "internal" if getattr(row, "is_internal", False) else "agency"

    return {
        **dict.fromkeys(
            (
                "comment",
                "change",
                "ticketfile",
                "follower",
                "link",
                "checklistitem",
                "fieldvalue",
                "descriptionversion",
            ),
            with_ticket,
        ),
        **dict.fromkeys(("team", "teammember", "handover", "watchout", "savedview", "ticketcounter"), inside),
        **dict.fromkeys(("tickettype", "ticketstatus", "ticketfield"), of_agency),
        "commentversion": lambda w, row: "internal" if row.is_internal else with_ticket(w, row.comment),
        "ticket": of_client,
    }


__all__ = ["KEPT_OF_TICKETS", "OF_TICKETS", "TICKETS", "places_of_tickets", "renumber", "tickets"]

"""Two tickets about one thing become one; nothing that was said on either is lost."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max

from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Member
from tickets.actions.changing import count_parts, put
from tickets.actions.continuing import lock_with_the_living
from tickets.actions.editing import WiderCircle
from tickets.actions.filing import move_along
from tickets.actions.following import add_followers
from tickets.actions.history import locked, note, touch, words_of
from tickets.actions.linking import SameTicket, link
from tickets.actions.noting import doubt
from tickets.models import ChecklistItem, Comment, Follower, LinkKind, Stage, Ticket, TicketFile, WatchOut
from worklog.models import Timer, WorkEntry


@transaction.atomic
def merge(ticket: Ticket, other: Ticket, *, by: Member) -> Ticket:
    """Take the ticket into the other one of the same client, with words, files and followers; it is done then, and linked.

    What was merged itself takes nothing in: its own goes on elsewhere, and so does this one.
    Raises SameTicket or WiderCircle. Answers to mails about it go to the other one from now on.
    """
    if ticket.pk == other.pk or ticket.client_id != other.client_id:
        raise SameTicket
    # At once, so that people who merge crosswise do not wait for each other.
    into = lock_with_the_living(other, ticket, *_parts_of(ticket))
    if into == ticket.pk:
        raise SameTicket
    ticket, other = locked(ticket), locked(Ticket(agency_id=ticket.agency_id, pk=into))
    if not (ticket.can_be_organised_by(by) and other.can_be_organised_by(by)):
        raise PermissionDenied
    if other.project_id not in (None, ticket.project_id):
        raise WiderCircle
    with tenant(ticket.agency_id):
        _move_words(ticket, other)
        _move_followers(ticket, other, by)
        if ticket.is_doubted:
            doubt(other)
        _move_time(ticket, other)
        _move_parts(ticket, other, by)
        _move_notes(ticket, other)
        link(ticket, other, kind=LinkKind.MERGED, by=by)
        note(ticket, "merged_into", "", other.key, by=by)
        note(other, "merged", _for_whom(ticket), ticket.key, by=by)
    record("ticket.merged", ticket, by=by, into=other.key, into_id=other.pk, **words_of(ticket))
    if not ticket.is_closed:
        put(ticket, stage=Stage.DONE, by=by)
    touch(other)
    return other


def _parts_of(ticket: Ticket) -> list[Ticket]:
    with tenant(ticket.agency_id):
        return list(Ticket.objects.filter(agency_id=ticket.agency_id, parent=ticket.pk).order_by("pk"))


def _move_words(ticket: Ticket, other: Ticket) -> None:
    """What was asked becomes the first comment of whoever wrote it, at the time when it was asked."""
    asked = Comment.objects.create(
        agency_id=ticket.agency_id,
        ticket=other,
        author=ticket.opened_by,
        text=f"**{ticket.key} {ticket.title}**\n\n{ticket.description}".strip(),
        inbound_id=ticket.inbound_id,
        by_mail=ticket.inbound_id is not None,
        created_at=ticket.created_at,
    )
    mine = {"agency_id": ticket.agency_id, "ticket": ticket}
    TicketFile.objects.filter(**mine, comment=None).update(comment=asked, ticket=other)
    TicketFile.objects.filter(**mine).update(ticket=other)
    Comment.objects.filter(**mine).update(ticket=other)
    move_along(other)


def _for_whom(ticket: Ticket) -> str:
    """In whose name somebody else wrote it. A line of history says it, not the words: readers from whom the client's people are
    kept read those as they stand.
    """
    return str(ticket.logger) if ticket.logger and ticket.logger_id != ticket.opened_by_id else ""


def _move_followers(ticket: Ticket, other: Ticket, by: Member) -> None:
    """Whoever sees the other one hears of it from now on."""
    rows = Follower.objects.filter(agency_id=ticket.agency_id, ticket=ticket).listening()
    members = Member.objects.filter(agency_id=ticket.agency_id, pk__in=rows.values("member_id"))
    add_followers(other, members.select_related("user", "role", "vendor"), by=by)


def _move_time(ticket: Ticket, other: Ticket) -> None:
    """Time that was logged on it, or still runs for it, counts there."""
    subject = {"agency_id": ticket.agency_id, "subject_type": Ticket._meta.label_lower, "subject_id": ticket.pk}
    for model in (WorkEntry, Timer):
        model.objects.filter(**subject).update(subject_id=other.pk)


def _move_parts(ticket: Ticket, other: Ticket, by: Member) -> None:
    """They are the other one's parts, or tickets of their own that follow on it when it cannot have any."""
    if other.parent_id == ticket.pk:  # what it was a part of goes into it
        other.parent = None
        other.save(update_fields=["parent"])
    may_have = other.type.has_parts and other.parent_id is None
    for part in _parts_of(ticket):
        Ticket.objects.filter(pk=part.pk).update(parent=other if may_have else None)
        if may_have:
            note(other, "part", "", part.key, by=by)
        else:
            link(part, other, kind=LinkKind.FOLLOWS, by=by)
    if may_have:
        count_parts(other.pk, other.agency_id)


def _move_notes(ticket: Ticket, other: Ticket) -> None:
    """What is to be ticked off and what to watch out for; what only the mail said of itself stays."""
    items = ChecklistItem.objects.filter(agency_id=ticket.agency_id)
    last = items.filter(ticket=other).aggregate(last=Max("position"))["last"] or 0
    items.filter(ticket=ticket).update(ticket=other, position=F("position") + last)
    notes = WatchOut.objects.filter(agency_id=ticket.agency_id)
    mine = notes.filter(ticket=ticket, edited_by__isnull=False).first()
    theirs = notes.filter(ticket=other).first()
    if mine and theirs:
        theirs.text = f"{theirs.text}\n\n{mine.text}"
        theirs.edited_at, theirs.edited_by = mine.edited_at, mine.edited_by
        theirs.save(update_fields=["text", "edited_at", "edited_by"])
        mine.delete()
    elif mine:
        notes.filter(pk=mine.pk).update(ticket=other)

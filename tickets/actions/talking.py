"""What people say on a ticket. The circle of readers is chosen once, by whoever writes, and never widened."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event
from portal.events.record import record
from portal.tenancy.models import Member
from tickets.actions.changing import put
from tickets.actions.continuing import lock_with_the_living, where_it_goes_on
from tickets.actions.filing import keep_files, keep_inside
from tickets.actions.following import add_followers
from tickets.actions.history import locked, touch, words_of
from tickets.audience import people_around
from tickets.mentions import mentioned
from tickets.models import Comment, CommentVersion, Stage, Ticket, answers_client, told_about


@transaction.atomic
def comment(
    ticket: Ticket,
    *,
    by: Member,
    text: str,
    is_private: bool = False,
    uploads: Iterable[UploadedFile] = (),
    to: Member | None = None,
    **origin: Any,
) -> Comment:
    """Say something to everybody of the ticket, or privately; with files or as files alone. Whoever speaks follows.

    The words of vendors who speak to the agency only are private, whatever they chose. Contacts know no private words.
    What the client's people say on a closed ticket opens it again, or goes to another one (see where_it_goes_on).
    to: whom it is meant for; that person is told at once. origin: by_mail, and inbound, the mail that it came by.
    """
    is_private = is_private or not answers_client(by)
    ticket = _place_for(ticket, by, to, is_private=is_private)
    place = {"agency_id": ticket.agency_id, "ticket": ticket, "author": by}
    said = Comment.objects.create(**place, text=text, is_private=is_private, **origin)
    keep_files(ticket, uploads, by=by, comment=said)
    touch(ticket, is_internal=is_private)
    add_followers(ticket, [by, *_named_in(said)], by=by)
    _tell(said, ticket, by=by, to=to)
    if by.is_contact and ticket.stage == Stage.WAITING:
        put(ticket, stage=Stage.WORKING, by=None)
    return said


def _place_for(ticket: Ticket, by: Member, to: Member | None, *, is_private: bool) -> Ticket:
    """The ticket, locked, that the words belong to. Raises PermissionDenied."""
    if by.is_contact:
        lock_with_the_living(ticket)
    ticket = locked(ticket)
    _check(ticket, by, to, is_private=is_private)
    return where_it_goes_on(ticket, by=by) if by.is_contact and ticket.is_closed else ticket


def _check(ticket: Ticket, by: Member, to: Member | None, *, is_private: bool) -> None:
    """Contacts say nothing privately, and nobody says so to somebody who may not read it."""
    is_refused = is_private and (by.is_contact or (to is not None and not to.reads_private))
    if is_refused or not ticket.can_be_commented_by(by):
        raise PermissionDenied


def _tell(said: Comment, ticket: Ticket, *, by: Member, to: Member | None) -> None:
    """Everybody who follows; and the one whom it is meant for, who is not told twice."""
    direct = to.pk if to and to.pk != by.pk else None
    words = {"comment": said.pk, "direct": direct, **words_of(ticket)}
    record("ticket.noted" if said.is_private else "ticket.commented", ticket, by=by, **words)
    if direct:
        record("ticket.whispered" if said.is_private else "ticket.messaged", ticket, by=by, **words)


@transaction.atomic
def edit(said: Comment, *, by: Member, text: str) -> Comment:
    """Say it in other words; the old ones are kept. Whoever was mailed already is not mailed again."""
    Comment.objects.select_for_update().only("pk").get(pk=said.pk)
    said = Comment.objects.select_related("ticket__client").get(pk=said.pk)
    if not said.can_be_edited_by(by):
        raise PermissionDenied
    if text == said.text:
        return said
    with tenant(said.agency_id):  # outsiders do not see what an edit within the grace leaves behind
        CommentVersion.objects.create(agency_id=said.agency_id, comment=said, text=said.text, is_internal=said.is_fresh)
    said.text, said.edited_at = text, timezone.now()
    said.save(update_fields=["text", "edited_at"])
    new = add_followers(said.ticket, _named_in(said), by=by)
    if _is_told(said):  # else they hear of the comment itself
        for member in new:
            record("ticket.shared", said.ticket, by=by, follower=member.pk, **words_of(said.ticket))
    return said


def _is_told(said: Comment) -> bool:
    with tenant(said.agency_id):
        about = {"agency_id": said.agency_id, **told_about(said)}
    return not Event.objects.filter(**about, payload__comment=said.pk, delivered_at=None).exists()


@transaction.atomic
def withdraw(said: Comment, *, by: Member) -> Comment:
    """Take public words back: from now on they are a private note, with their files, and told to nobody else."""
    Comment.objects.select_for_update().only("pk").get(pk=said.pk)
    said = Comment.objects.select_related("ticket__client").get(pk=said.pk)
    if not said.can_be_withdrawn_by(by):
        raise PermissionDenied
    said.is_private, said.withdrawn_at = True, timezone.now()
    with tenant(said.agency_id):
        said.save(update_fields=["is_private", "withdrawn_at"])
        keep_inside(said)
    return said


def _named_in(said: Comment) -> list[Member]:
    """Whom the text calls by name; private words call nobody who may not read them."""
    if "@" not in said.text:
        return []
    with tenant(said.agency_id):
        people = people_around(said.ticket)
    return [member for member in mentioned(said.text, people) if not said.is_private or member.reads_private]

"""Who hears of a ticket."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Member
from tickets.actions.history import note, words_of
from tickets.models import Follower, Ticket


def can_see(member: Member, ticket: Ticket) -> bool:
    """Whether the ticket is open to this member now."""
    if member.ended_at is not None:
        return False
    if member.is_specialist:
        return (
            member.sees_all_clients or ticket.client_id in member.client_ids or ticket.project_id in member.project_ids
        )
    return ticket.project_id in member.projects_of("tickets") or ticket.client_id in member.clients_of("tickets")


def add_followers(ticket: Ticket, members: Iterable[Member | None], *, by: Member | None) -> list[Member]:
    """Let these follow, as far as the ticket is open to them; answers with the new ones. Nobody is told of it."""
    with tenant(ticket.agency_id):
        known = set(
            Follower.objects.filter(agency_id=ticket.agency_id, ticket=ticket).values_list("member_id", flat=True)
        )
        wanted = {member.pk: member for member in members if member and member.pk not in known}
        new = [member for member in wanted.values() if can_see(member, ticket)]
        rows = [Follower(agency_id=ticket.agency_id, ticket=ticket, member=member, added_by=by) for member in new]
        Follower.objects.bulk_create(rows, ignore_conflicts=True)
    return new


@transaction.atomic
def add(ticket: Ticket, member: Member, *, by: Member) -> bool:
    """Somebody adds a follower, who is told; False when the ticket is not open to that person."""
    if not ticket.can_be_commented_by(by):
        raise PermissionDenied
    if not can_see(member, ticket):
        return False
    if add_followers(ticket, [member], by=by) and member.pk != by.pk:
        with tenant(ticket.agency_id):  # who follows is no outsider's history
            note(ticket, "follower", "", member, by=by, is_internal=True)
        record("ticket.shared", ticket, by=by, follower=member.pk, **words_of(ticket))
    return True


@transaction.atomic
def remove(ticket: Ticket, member: Member, *, by: Member) -> None:
    """Somebody of the agency takes a follower away, who was added by mistake."""
    if not ticket.can_be_organised_by(by):
        raise PermissionDenied
    if Follower.objects.filter(agency_id=ticket.agency_id, ticket=ticket, member=member).delete()[0]:
        note(ticket, "unfollowed", "", member, by=by, is_internal=True)


@transaction.atomic
def follow(ticket: Ticket, *, by: Member) -> None:
    """Hear of it from now on, also after having muted it."""
    add_followers(ticket, [by], by=by)
    Follower.objects.filter(ticket=ticket, member=by).update(muted_at=None)


@transaction.atomic
def mute(ticket: Ticket, *, by: Member) -> None:
    """Stay named, but hear nothing: also who hears of it because nobody of the agency follows."""
    if by.is_specialist:
        add_followers(ticket, [by], by=by)
    Follower.objects.filter(ticket=ticket, member=by, muted_at=None).update(muted_at=timezone.now())


@transaction.atomic
def unfollow(ticket: Ticket, *, by: Member) -> None:
    """Hear nothing and stay named nowhere."""
    Follower.objects.filter(ticket=ticket, member=by).delete()

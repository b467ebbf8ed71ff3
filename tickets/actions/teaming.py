"""Teams and who belongs to them."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.tenancy.models import Member
from tickets.models import Team, TeamMember


def can_be_kept_by(member: Member) -> bool:
    """Whoever keeps the agency's clients arranges its teams."""
    return member.is_specialist and member.can("manage_clients")


@transaction.atomic
def keep_team(team: Team | None, *, by: Member, name: str, people: Iterable[Member]) -> Team:
    """A new team, or another name and other people for one. Only the agency's own people belong to teams."""
    if not can_be_kept_by(by):
        raise PermissionDenied
    team = team or Team(agency_id=by.agency_id)
    team.name = name
    team.save()
    wanted = {member.pk for member in people if member.is_specialist and member.agency_id == by.agency_id}
    rows = TeamMember.objects.filter(agency_id=by.agency_id, team=team)
    rows.exclude(member__in=wanted).delete()
    known = set(rows.values_list("member_id", flat=True))
    TeamMember.objects.bulk_create(
        TeamMember(agency_id=by.agency_id, team=team, member_id=pk) for pk in sorted(wanted - known)
    )
    return team


@transaction.atomic
def archive_team(team: Team, *, by: Member) -> None:
    """It takes no tickets any more; those in its queue stay where they are."""
    if not can_be_kept_by(by):
        raise PermissionDenied
    Team.objects.filter(pk=team.pk, archived_at=None).update(archived_at=timezone.now())

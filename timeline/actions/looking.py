"""Who looked when."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from portal.tenancy.asking import Question
from portal.tenancy.models import Client, Member
from timeline.models import Visit

PAUSE = timedelta(hours=1)
"""After so long without looking, the next look is a new visit."""
RECENT = timedelta(minutes=1)
"""Whoever looks twice in so short a time is not written down twice."""

_VISIT = Question(lambda member, client: Visit.objects.visible_to(member).filter(client=client))


def last_visit(member: Member, client: Client) -> datetime | None:
    """The end of the visit before this one; None for the first."""
    row = _visit_of(member, client)
    if row is None:
        return None
    return row.seen_at if _is_over(row) else row.before_at


@transaction.atomic
def look(member: Member, client: Client) -> datetime | None:
    """The member looks now. Returns the end of the visit before this one; None when there was none."""
    now = timezone.now()
    fresh = {"agency_id": member.agency_id, "member_id": member.pk, "client": client}
    row = _visit_of(member, client)
    if row is None:
        Visit.objects.bulk_create([Visit(**fresh, seen_at=now)], ignore_conflicts=True)
        return None
    if _is_over(row):
        row.before_at = row.seen_at
    if row.seen_at < now - RECENT:
        row.seen_at = now
        row.save(update_fields=["before_at", "seen_at"])
    return row.before_at


def _visit_of(member: Member, client: Client) -> Visit | None:
    rows = _VISIT.ask(member, client)
    return rows[0] if rows else None


def _is_over(row: Visit) -> bool:
    return row.seen_at < timezone.now() - PAUSE

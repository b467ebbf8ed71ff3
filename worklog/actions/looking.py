"""Who of the client looked when: what was seen is corrected in the open."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from portal.tenancy.asking import Question
from portal.tenancy.models import Client, Member
from worklog.models import Explanation, WorkEntry, WorkLook, WorkStatement

PAUSE = timedelta(hours=1)
"""After so long without looking, the next look is a new one."""
RECENT = timedelta(minutes=1)
"""Whoever looks twice in so short a time is not written down twice, unless there was something new to see."""


def looks(member: Any, client: Any) -> QuerySet[WorkLook]:
    """Adds `has_news`: whether there is something to see that was not there at that look."""
    news = WorkEntry.objects.visible_to(member).of(client).filter(visible_from__gt=OuterRef("seen_at"))
    return WorkLook.objects.visible_to(member).filter(client=client).annotate(has_news=Exists(news))


LOOKS = Question(looks)


@transaction.atomic(savepoint=False)
def look(member: Member, client: Client) -> datetime | None:
    """A contact looks now, at the month, an entry or an export; the looks of others are not written down.

    Returns the end of the look before this one; None when there was none.
    """
    if not member.is_contact:
        return None
    now, found = timezone.now(), LOOKS.ask(member, client)
    if not found:
        fresh = {"agency_id": member.agency_id, "member_id": member.pk, "client": client}
        WorkLook.objects.bulk_create([WorkLook(**fresh, seen_at=now)], ignore_conflicts=True)
        return None
    (row,) = found
    if row.seen_at < now - PAUSE:
        row.before_at = row.seen_at
    if row.seen_at < now - RECENT or row.has_news:
        row.seen_at = now
        row.save(update_fields=["before_at", "seen_at"])
    return row.before_at


def was_seen(entry: WorkEntry, *, since: datetime | None = None) -> bool:
    """Whether somebody of the client knows the entry: looked since it (or what came later, `since`) was to be seen, was sent the
    statement of its month, or has asked about it. Ask with the agency's sight."""
    of_client = {"agency_id": entry.agency_id, "client_id": entry.client_id}
    shown = max((moment for moment in (entry.visible_from, since) if moment), default=None)
    asked = Explanation.objects.filter(agency_id=entry.agency_id, entry=entry.pk)
    if (asked.filter(asked_at__gte=since) if since else asked).exists():
        return True
    if shown is None or not entry.is_open_to_contacts():
        return False
    looks = WorkLook.objects.filter(**of_client, member__kind="contact", seen_at__gte=shown)
    stated = WorkStatement.objects.filter(**of_client, month=entry.month, file__isnull=False, stated_at__gte=shown)
    return looks.exists() or stated.exists()

"""Who of the client looked when: what was seen is corrected in the open."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from portal.tenancy.models import Client, Member
from worklog.models import WorkEntry, WorkLook

PAUSE = timedelta(hours=1)
"""After so long without looking, the next look is a new one."""
RECENT = timedelta(minutes=1)
"""Whoever looks twice in so short a time is not written down twice."""


@transaction.atomic
def look(member: Member, client: Client) -> datetime | None:
    """The member looks now. Returns the end of the look before this one; None when there was none."""
    now = timezone.now()
    row = WorkLook.objects.visible_to(member).filter(client=client).first()
    if row is None:
        fresh = {"agency_id": member.agency_id, "member_id": member.pk, "client": client}
        WorkLook.objects.bulk_create([WorkLook(**fresh, seen_at=now)], ignore_conflicts=True)
        return None
    if row.seen_at < now - PAUSE:
        row.before_at = row.seen_at
    if row.seen_at < now - RECENT:
        row.seen_at = now
        row.save(update_fields=["before_at", "seen_at"])
    return row.before_at


def was_seen(entry: WorkEntry) -> bool:
    """Whether somebody of the client has looked since the entry was to be seen. Ask with the agency's sight."""
    if not entry.is_open_to_contacts():
        return False
    looks = WorkLook.objects.filter(agency_id=entry.agency_id, client_id=entry.client_id, member__kind="contact")
    return looks.filter(seen_at__gte=entry.visible_from).exists()

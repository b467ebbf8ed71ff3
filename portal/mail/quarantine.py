"""What a person does with mails that could not be filed: try again, discard. Nothing goes by itself before 90 days."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.audit.log import log as audit_log
from portal.core.jobs import enqueue
from portal.mail import tasks
from portal.mail.models import InboundMail
from portal.mail.stray_models import KEPT_FOR
from portal.tenancy.models import Member

AT_ONCE = 500


def can_sort(member: Member) -> bool:
    """Whether the member may place and discard mails: what waits may be about any client."""
    return member.sees_all_clients and member.can("write")


def taken(inbound: InboundMail, *, by: Member) -> InboundMail:
    """The row, locked, for somebody who may decide about it and finds it undecided. Raises PermissionDenied."""
    if inbound.agency_id != by.agency_id or not can_sort(by):
        raise PermissionDenied
    return InboundMail.objects.select_for_update(of=("self",)).defer("raw").get(pk=inbound.pk)


@transaction.atomic
def retry(inbound: InboundMail, *, by: Member) -> bool:
    """Process it again from the beginning; also what was discarded, as long as its bytes are there."""
    inbound = taken(inbound, by=by)
    if inbound.quarantined_at is None or inbound.emptied_at:
        return False
    inbound.quarantined_at = inbound.lease_until = inbound.discarded_at = inbound.discarded_by = None
    inbound.attempts, inbound.reason, inbound.error = 0, "", ""
    inbound.save(update_fields=[*STATE, "attempts", "reason", "error"])
    audit_log("mail.retried", {"inbound": inbound.pk}, agency_id=inbound.agency_id)
    enqueue(tasks.process, inbound.agency_id, inbound.pk)
    return True


STATE = ("quarantined_at", "lease_until", "discarded_at", "discarded_by")


@transaction.atomic
def discard(inbound: InboundMail, *, by: Member) -> bool:
    """It is not wanted. It leaves the list at once; its bytes go 90 days after it was put aside, not earlier."""
    inbound = taken(inbound, by=by)
    if inbound.quarantined_at is None or inbound.discarded_at:
        return False
    _discard(inbound, by, timezone.now())
    return True


@transaction.atomic
def take_back(inbound: InboundMail, *, by: Member) -> bool:
    """It was discarded by mistake: it waits again, as long as its bytes are there."""
    inbound = taken(inbound, by=by)
    if inbound.discarded_at is None or inbound.emptied_at:
        return False
    inbound.discarded_at = inbound.discarded_by = None
    inbound.save(update_fields=["discarded_at", "discarded_by"])
    audit_log("mail.taken_back", {"inbound": inbound.pk}, agency_id=inbound.agency_id)
    return True


def _discard(inbound: InboundMail, by: Member | None, at: datetime) -> None:
    inbound.discarded_at, inbound.discarded_by = at, by
    inbound.save(update_fields=["discarded_at", "discarded_by"])
    audit_log("mail.discarded", {"inbound": inbound.pk, "by_itself": by is None}, agency_id=inbound.agency_id)


@transaction.atomic
def file_by_hand(inbound: InboundMail) -> None:
    """Somebody has placed it: it counts as processed."""
    inbound.quarantined_at, inbound.reason, inbound.processed_at = None, "", timezone.now()
    inbound.save(update_fields=["quarantined_at", "reason", "processed_at"])


@transaction.atomic
def empty(inbound: InboundMail) -> None:
    """Remove the bytes of a mail that nobody wanted or placed in time; who sent it, and when, stays. For tasks."""
    now = timezone.now()
    if inbound.discarded_at is None:
        _discard(inbound, None, now)
    inbound.raw, inbound.emptied_at = b"", now
    inbound.save(update_fields=["raw", "emptied_at"])
    audit_log("mail.emptied", {"inbound": inbound.pk, "bytes": inbound.size}, agency_id=inbound.agency_id)


def empty_old(agency_id: int) -> int:
    """Empty what was put aside 90 days ago and is still there; how many."""
    old = InboundMail.objects.filter(agency_id=agency_id, quarantined_at__lt=timezone.now() - KEPT_FOR, emptied_at=None)
    rows = list(old.defer("raw").order_by("quarantined_at")[:AT_ONCE])
    for row in rows:
        empty(row)
    return len(rows)

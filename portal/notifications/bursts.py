"""What happens to one person within a few minutes is told in one mail.

Each notification that is to be mailed waits as a Delivery. When the first of a person is due, all of them leave together;
what is urgent leaves by itself and at once. What was read in the portal meanwhile, or has been closed, is left out.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import Min
from django.utils import timezone

from portal.mail.models import OutgoingMail
from portal.notifications import mails
from portal.notifications.models import Delivery, Notification, Outcome, Preference
from portal.tenancy.models import Member

log = logging.getLogger(__name__)

SWEEP_AT_ONCE = 500


@transaction.atomic
def send(delivery_id: int) -> None:
    """Mail what is due to the member of this delivery. Safe to run at any time, twice, and by several at once."""
    member = _member_of(delivery_id)
    if member is None:
        return
    waiting = Delivery.objects.waiting().filter(agency_id=member.agency_id, member=member)
    rows = list(
        waiting.select_related("notification__actor__user", "notification__client").order_by("created_at", "pk")
    )
    now = timezone.now()
    urgent = [row for row in rows if row.is_urgent]
    together = [row for row in rows if not row.is_urgent]
    for row in urgent:
        _mail(member, [row], now)
    if any(row.due_at <= now for row in together):
        _mail(member, together, now)


def _member_of(delivery_id: int) -> Member | None:
    """The member, locked: two mails to one person are never put together at the same time."""
    found = Delivery.objects.filter(pk=delivery_id).values("member_id")
    rows = Member.objects.select_for_update(of=("self",), no_key=True)
    return rows.complete().filter(pk__in=found).first()


def _mail(member: Member, rows: list[Delivery], now: datetime) -> None:
    """One mail with all of it that is still news; the rows end in the same transaction."""
    reasons = _reasons(member, rows)
    told = [row for row in rows if row.pk not in reasons]
    found = _mails(member, told) if told else {}
    for row in rows:
        row.ended_at, row.mail = now, found.get(row.pk)
        row.outcome = reasons.get(row.pk) or (Outcome.MAILED if row.mail else Outcome.BROKEN)
    Delivery.objects.bulk_update(rows, ["ended_at", "outcome", "mail"])
    Notification.objects.filter(pk__in=[row.notification_id for row in told if row.mail]).update(mailed_at=now)


def _mails(member: Member, rows: list[Delivery]) -> dict[int, OutgoingMail]:
    """Delivery id -> its mail: one for all. When one cannot be put into words it is left out, and each other goes by itself."""
    try:
        with transaction.atomic():
            mail = mails.send(member, [row.notification for row in rows])
            return {row.pk: mail for row in rows}
    except OperationalError:  # the database is away; all of it is tried again
        raise
    except Exception:
        log.exception("mail could not be written", extra={"deliveries": [row.pk for row in rows]})
    return {pk: mail for row in rows for pk, mail in _mails(member, [row]).items()} if len(rows) > 1 else {}


def _reasons(member: Member, rows: list[Delivery]) -> dict[int, str]:
    """Delivery id -> why it is left out now."""
    told = [row.notification_id for row in rows]
    is_here = member.ended_at is None and member.user.is_active
    shown = (
        set(Notification.objects.open_to(member).filter(pk__in=told).values_list("pk", flat=True)) if is_here else set()
    )
    off = set(Preference.objects.visible_to(member).filter(email=False).values_list("kind", flat=True))
    tests: list[tuple[str, Callable[[Notification], bool]]] = [
        (Outcome.CLOSED, lambda row: row.pk not in shown),
        (Outcome.READ, lambda row: row.read_at is not None),
        (Outcome.OFF, lambda row: row.kind in off),
    ]
    found = {row.pk: next((why for why, applies in tests if applies(row.notification)), "") for row in rows}
    return {pk: why for pk, why in found.items() if why}


def due() -> list[tuple[int, int, int]]:
    """(agency id, delivery id, 0) of the first that is due, for each person. Reads through `maint`."""
    rows = Delivery.objects.using("maint").due(at=timezone.now()).order_by()
    firsts = rows.values("agency_id", "member_id").annotate(first=Min("pk")).order_by("first")
    return [(agency_id, first, 0) for agency_id, first in firsts.values_list("agency_id", "first")[:SWEEP_AT_ONCE]]


def oldest_due() -> datetime | None:
    """Since when the oldest should have been on its way. Reads through `maint`."""
    rows = Delivery.objects.using("maint").due(at=timezone.now()).order_by("due_at")
    return rows.values_list("due_at", flat=True).first()

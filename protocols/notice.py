"""When the other side came to know what a protocol says now: silence counts from then."""

from datetime import datetime

from django.db.models import Min, Q

from portal.core.business_time import add_days
from portal.core.context import tenant
from portal.notifications.models import Delivery, Notification
from portal.tenancy.calendars import calendar_of
from portal.tenancy.models.role import Kind as MemberKind
from protocols.models import Protocol


def arrived_at(protocol: Protocol) -> datetime | None:
    """When somebody of the other side first opened this version, or a notice of it was read under the bell or left as a mail.

    None while nobody did. What was told of an earlier version says nothing of this one, and a mail that came back told nobody.
    """
    kinds = [MemberKind.CONTACT] if protocol.side == "agency" else [MemberKind.SPECIALIST]
    opened = protocol.reads.filter(member__kind__in=kinds, read_at__gte=protocol.versions.values("saved_at")[:1])
    told = _told(protocol).filter(member__kind__in=kinds)
    mailed = Delivery.objects.filter(agency_id=protocol.agency_id, notification__in=told.values("pk"))
    left = mailed.filter(mail__sent_at__isnull=False, mail__bounced_at=None)
    moments = [
        opened.aggregate(first=Min("read_at"))["first"],
        told.aggregate(first=Min("read_at"))["first"],
        left.aggregate(first=Min("mail__sent_at"))["first"],
    ]
    return min((moment for moment in moments if moment), default=None)


def corrections_until(protocol: Protocol, told_at: datetime) -> datetime:
    """The end of the agency's business days for corrections, for whoever was told at that moment."""
    with tenant(protocol.agency_id):
        calendar = calendar_of(protocol.client.agency)
    return add_days(calendar, told_at, protocol.client.agency.correction_days)


def _told(protocol: Protocol):
    """Notices of the version that stands now; the first one is told by its publication."""
    of_change = Q(kind="protocol.changed", payload__version=protocol.version)
    of_version = Q(kind="protocol.published") if protocol.version == 1 else of_change
    rows = Notification.objects.filter(agency_id=protocol.agency_id).about(Protocol, protocol.pk)
    return rows.filter(of_version)

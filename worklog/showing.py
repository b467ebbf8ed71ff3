"""From which moment contacts see an entry: at once, unless the agency delays the client's work log or approves entries first."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from portal.core.wall_clock import opening
from portal.core.zones import zone
from portal.tenancy.models import Client, Member
from portal.tenancy.models.member import Engagement
from worklog.models import ClientWorkPolicy, WorkPolicy


def shown_from(client: Client, member: Member, day: date) -> datetime | None:
    """The moment for work of this member on this day that is written down now; None when it waits for approval.

    What a provider does for the client that engaged it is not the agency's to hold back.
    """
    if member.vendor and member.vendor.engagement == Engagement.PROVIDER:
        return timezone.now()
    if is_approving(client.agency_id):
        return None
    return due_at(client, day, is_delayed=is_delayed(client))


def is_approving(agency_id: int) -> bool:
    """Whether a manager approves entries before clients see them."""
    return WorkPolicy.objects.filter(agency_id=agency_id, approved_since__isnull=False).exists()


def is_delayed(client: Client) -> bool:
    """Whether the client's people see entries as late as its timeline."""
    rows = ClientWorkPolicy.objects.filter(agency_id=client.agency_id, client=client, delayed_since__isnull=False)
    return rows.exists()


def due_at(client: Client, day: date, *, is_delayed: bool) -> datetime:
    """Now; with the delay, when so many days after the end of that day have passed, by the agency's clock."""
    now = timezone.now()
    if not is_delayed:
        return now
    end = day + timedelta(days=1 + client.delay_days)
    return max(now, opening(zone(client.agency.time_zone), end, 0))

"""Closing a month of a client, and keeping closed ones closed."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from portal.core.context import tenant
from portal.core.formats import format_date
from portal.events.record import record
from portal.tenancy.models import Client, Member
from worklog.events import MONTH_CLOSED, MONTH_OPENED
from worklog.models import MonthClosing, can_be_managed_by


class MonthClosed(PermissionDenied):
    """The month of this day is closed for whoever does not manage the client. Where nobody has kinder words, it is a refusal."""


@transaction.atomic
def close(client: Client, month: date, *, by: Member) -> MonthClosing:
    """From now on only managers correct entries of this month (its first day). Safe to call twice."""
    if not can_be_managed_by(by, client):
        raise PermissionDenied
    with tenant(client.agency_id):
        _lock(client, "")
        row, is_new = MonthClosing.objects.get_or_create(
            agency_id=client.agency_id, client=client, month=month.replace(day=1), defaults={"closed_by": by}
        )
        if is_new:
            record(MONTH_CLOSED, row, by=by, month=format_date(row.month, style="month"))
    return row


@transaction.atomic
def reopen(client: Client, month: date, *, by: Member) -> None:
    """Its people may log and correct again."""
    if not can_be_managed_by(by, client):
        raise PermissionDenied
    with tenant(client.agency_id):
        row = MonthClosing.objects.filter(agency_id=client.agency_id, client=client, month=month.replace(day=1)).first()
        if row:
            record(MONTH_OPENED, row, by=by, month=format_date(row.month, style="month"))
            row.delete()


def hold_open(client: Client, days: Iterable[date], *, by: Member) -> None:
    """Until the end of the transaction nobody closes a month of the client. Raises `MonthClosed` when one is already."""
    _lock(client, "_shared")
    months = {day.replace(day=1) for day in days}
    closed = MonthClosing.objects.filter(agency_id=client.agency_id, client=client, month__in=months)
    if closed.exists() and not can_be_managed_by(by, client):
        raise MonthClosed


def _lock(client: Client, how: str) -> None:
    """Who logs holds it with others, who closes holds it alone. Goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_advisory_xact_lock{how}(hashtextextended('worklog.months', %s))",
            [client.pk],
        )

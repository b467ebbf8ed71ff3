"""What is agreed for each month from now on."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.core.formats import format_date
from portal.events.record import record
from portal.tenancy.models import Client, Member, Project
from worklog.client_events import BUDGET
from worklog.models import WorkBudget, can_be_managed_by


class Unseen(PermissionDenied):
    """An amount is agreed from this month on, and whoever does not see sums would write over it without knowing."""


@transaction.atomic
def agree(
    client: Client,
    month: date,
    minutes: int | None,
    *,
    by: Member,
    project: Project | None = None,
    amount: Decimal | None = None,
) -> WorkBudget:
    """So many minutes or such an amount (in the agency's currency) a month from this month (its first day) on; without both,
    nothing is agreed any more. Amounts are agreed, and replaced in their month, by whoever sees sums. Raises `Unseen`.
    """
    if by.agency_id != client.agency_id or not can_be_managed_by(by, client):
        raise PermissionDenied
    if amount and not by.can("money"):
        raise PermissionDenied
    if project and project.client_id != client.pk:
        raise PermissionDenied
    about: dict[str, Any] = {"agency_id": client.agency_id, "client": client, "project": project}
    about["month"] = month.replace(day=1)
    with tenant(client.agency_id):
        if not by.can("money") and WorkBudget.objects.filter(**about, amount__isnull=False).exists():
            raise Unseen
        row, _is_new = WorkBudget.objects.update_or_create(
            **about,
            defaults={"minutes": minutes or None, "amount": amount or None, "set_at": timezone.now(), "set_by": by},
        )
        record(BUDGET, row, by=by, title=format_date(row.month, style="month"), minutes=minutes or 0)
    return row

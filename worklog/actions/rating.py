"""What an hour costs from a day on."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.models import Client, Member, Project, Role
from worklog.models import WorkKind, WorkRate


def may_rate(member: Member) -> bool:
    """Staff who see sums and keep the agency's rules."""
    return member.is_specialist and member.can("money") and member.can("manage_agency")


@transaction.atomic
def rate(
    amount: Decimal,
    currency: str,
    *,
    by: Member,
    valid_from: date,
    client: Client | None = None,
    project: Project | None = None,
    role: Role | None = None,
    kind: WorkKind | None = None,
) -> WorkRate:
    """From that day on; said twice for the same, the later word counts. Invoices keep the price that they were written with."""
    if not may_rate(by):
        raise PermissionDenied
    owner = project.client if project else client
    if any(row is not None and row.agency_id != by.agency_id for row in (owner, project, role, kind)):
        raise PermissionDenied
    with tenant(by.agency_id):
        about: dict[str, Any] = {"client": owner, "project": project, "role": role, "kind": kind}
        row, _is_new = WorkRate.objects.update_or_create(
            agency_id=by.agency_id,
            **about,
            currency=currency,
            valid_from=valid_from,
            defaults={"amount": amount, "set_by": by, "set_at": timezone.now()},
        )
    return row


@transaction.atomic
def withdraw(row: WorkRate, *, by: Member) -> None:
    """It holds no more, as if it had never been said."""
    if not may_rate(by) or row.agency_id != by.agency_id:
        raise PermissionDenied
    with tenant(by.agency_id):
        row.delete()

"""Which price of an hour holds for an entry: the closest one that fits, of those the newest that had begun."""

from collections.abc import Sequence
from decimal import Decimal

from worklog.models import WorkEntry, WorkRate

CLOSENESS = (("project_id", 8), ("client_id", 4), ("kind_id", 2), ("role_id", 1))
"""What makes a rate closer than another: a project beats a client, that a kind of work, and that a role."""


def rates_in(agency_id: int, currency: str) -> list[WorkRate]:
    """Every rate in this currency. Call with the agency's sight."""
    return list(WorkRate.objects.filter(agency_id=agency_id, currency=currency))


def price_of(entry: WorkEntry, rates: Sequence[WorkRate]) -> Decimal | None:
    """The price of an hour of this entry; None when no rate fits. Needs its member."""
    fitting = [rate for rate in rates if _fits(rate, entry)]
    if not fitting:
        return None
    return max(fitting, key=lambda rate: (_closeness(rate), rate.valid_from, rate.pk)).amount


def _fits(rate: WorkRate, entry: WorkEntry) -> bool:
    if rate.valid_from > entry.spent_on:
        return False
    wanted = {name: getattr(entry, name) for name in ("project_id", "client_id", "kind_id")}
    wanted["role_id"] = entry.member.role_id
    return all(getattr(rate, name) in (None, value) for name, value in wanted.items())


def _closeness(rate: WorkRate) -> int:
    return sum(weight for name, weight in CLOSENESS if getattr(rate, name) is not None)

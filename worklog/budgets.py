"""How a budget of the month stands: what is used, what is left, what it comes to at this pace."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.core.business_time import BusinessCalendar
from portal.tenancy.calendars import calendar_of
from portal.tenancy.models import Agency
from worklog.agreed import Agreed
from worklog.models import Charge
from worklog.month_facts import Facts
from worklog.months import Month
from worklog.sums import Sums


@dataclass(frozen=True, slots=True)
class Standing:
    """Minutes of one budget. forecast: at this pace, None for a month that does not run. project_id None: the whole client.

    amount: what was agreed in money instead; then nothing is left or forecast, because no rate is known here.
    """

    project_id: int | None
    agreed: int
    used: int
    forecast: int | None
    days_left: int
    amount: Decimal | None = None

    @property
    def left(self) -> int:
        """Below 0: so many minutes too many."""
        return self.agreed - self.used


def standings_of(facts: Facts, sums: Sums, agency: Agency, month: Month, today: date) -> list[Standing]:
    """sums: of the whole month, as the reader sees it. What costs nothing and what providers do uses nothing up."""
    if not facts.budgets:
        return []
    total, passed = working_days(calendar_of(agency), month, today)
    return [_standing(row, sums, total, passed) for row in facts.budgets]


def working_days(calendar: BusinessCalendar, month: Month, today: date) -> tuple[int, int]:
    """Business days of the month, and those of them that have begun."""
    days = [day for day in month.days if calendar.is_business_day(day)]
    return len(days), len([day for day in days if day <= today])


def forecast_of(used: int, total: int, passed: int) -> int | None:
    """Minutes at the end of the month if it goes on like this; None before its first working day and after its last."""
    if not 0 < passed < total:
        return None
    return (used * total * 2 + passed) // (2 * passed)


def _standing(row: Agreed, sums: Sums, total: int, passed: int) -> Standing:
    counting = (
        part.minutes
        for part in sums.counted
        if part.charge != Charge.GOODWILL and part.vendor_id is None and row.project_id in (None, part.project_id)
    )
    used = sum(counting)
    return Standing(
        row.project_id, row.minutes or 0, used, forecast_of(used, total, passed), total - passed, row.amount
    )

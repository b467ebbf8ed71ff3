"""A month of a client's work log, as the address and people write it."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.formats import format_date
from worklog.days import FIRST_YEAR, LAST_YEAR

_KEY = re.compile(r"^(\d{4})-(\d{2})$")


@dataclass(frozen=True, slots=True)
class Month:
    """first: its first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.replace(day=1))

    @classmethod
    def read(cls, text: str) -> "Month | None":
        """From "2026-11"; None for what is no month of the years that we know."""
        found = _KEY.match(text) if text.isascii() else None
        if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR or not 1 <= int(found[2]) <= 12:
            return None
        return cls(date(int(found[1]), int(found[2]), 1))

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.last.day)]

    @property
    def before(self) -> "Month":
        return Month.of(self.first - timedelta(days=1))

    @property
    def after(self) -> "Month":
        return Month.of(self.last + timedelta(days=1))

    def __str__(self):
        return format_date(self.first, style="month")

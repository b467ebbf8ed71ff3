"""The one place where minutes are added up: page, export, PDF, statement and start page all ask here.

One query gives all sums of any entries (GROUPING SETS), from the columns that the index of a client's month holds.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connections
from django.db.models import F, Func, IntegerField, JSONField, QuerySet, Subquery

from worklog.models import Charge, WorkEntry

COLUMNS = ("member_id", "kind_id", "spent_on", "charge", "project_id", "vendor_id", "minutes")
FOUND = """
GROUPING(member_id, kind_id, spent_on, charge), member_id, kind_id, spent_on, charge, project_id, vendor_id,
    coalesce(sum(minutes), 0)::bigint, count(*)
"""
QUERY = """
SELECT {} FROM ({}) AS entries
GROUP BY GROUPING SETS ((), (member_id), (kind_id), (spent_on), (charge, project_id, vendor_id))
"""
ALL, BY_MEMBER, BY_KIND, BY_DAY, BY_CHARGE = 0b1111, 0b0111, 0b1011, 0b1101, 0b1110
"""What GROUPING answers: a bit for each column that was not looked at."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the entries: those with this key (an id, a day, a `Charge`). count: with those of 0 minutes, which were removed."""

    key: Any
    minutes: int
    count: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Time of one kind of counting, in one project (or none), by one vendor (or the agency itself)."""

    charge: str
    project_id: int | None
    vendor_id: int | None
    minutes: int
    count: int


@dataclass(slots=True)
class Sums:
    """minutes: in all. members, kinds, days: parts by key, the longest first (days: the newest)."""

    minutes: int = 0
    count: int = 0
    members: list[Part] = field(default_factory=list)
    kinds: list[Part] = field(default_factory=list)
    days: list[Part] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)

    @property
    def projects(self) -> list[Part]:
        return _parts((row.project_id, row.minutes, row.count) for row in self.counted)

    @property
    def charges(self) -> list[Part]:
        return _parts((row.charge, row.minutes, row.count) for row in self.counted)

    @property
    def without_charge(self) -> int:
        """Minutes that nobody pays for."""
        return sum(row.minutes for row in self.counted if row.charge == Charge.GOODWILL)

    def by(self, what: str) -> list[Part]:
        """what: "member", "kind", "project" or "day"."""
        return getattr(self, f"{what}s")


def minutes_of(rows: QuerySet[WorkEntry]) -> Subquery:
    """The total alone, as a part of another question (the start page's); None without entries."""
    return Subquery(rows.order_by().values(total=Func(F("minutes"), function="SUM", output_field=IntegerField())))


class AllSums(Subquery):
    """All sums of these entries, as a part of another question; `sums_in` reads what it finds."""

    template = f"ARRAY({QUERY.format(f'jsonb_build_array({FOUND})', '%(subquery)s')})"

    def __init__(self, rows: QuerySet[WorkEntry]):
        super().__init__(rows.order_by().values(*COLUMNS), output_field=ArrayField(JSONField()))


def sums_in(found: Iterable[list]) -> Sums:
    """Days come as text."""
    rows = ((which, member, kind, day and date.fromisoformat(day), *rest) for which, member, kind, day, *rest in found)
    return _read(rows)


def sums_of(rows: QuerySet[WorkEntry]) -> Sums:
    """All sums of these entries: one query, without a filter of its own; what was removed has 0 minutes."""
    sql, params = rows.order_by().values_list(*COLUMNS).query.sql_with_params()
    with connections[rows.db].cursor() as cursor:
        cursor.execute(QUERY.format(FOUND, sql), params)
        return _read(cursor.fetchall())


def _read(found: Iterable[tuple]) -> Sums:
    sums, parts = Sums(), defaultdict(list)
    for which, member, kind, day, charge, project, vendor, minutes, count in found:
        if which == ALL:
            sums.minutes, sums.count = minutes, count
        elif which == BY_CHARGE:
            sums.counted.append(Counted(charge, project, vendor, minutes, count))
        else:
            parts[which].append(({BY_MEMBER: member, BY_KIND: kind, BY_DAY: day}[which], minutes, count))
    sums.members, sums.kinds = _parts(parts[BY_MEMBER]), _parts(parts[BY_KIND])
    sums.days = sorted((Part(*part) for part in parts[BY_DAY]), key=lambda part: part.key, reverse=True)
    return sums


def _parts(found: Iterable[tuple[Any, int, int]]) -> list[Part]:
    """One for each key, the longest first."""
    minutes: dict[Any, int] = defaultdict(int)
    counts: dict[Any, int] = defaultdict(int)
    for key, some, count in found:
        minutes[key] += some
        counts[key] += count
    parts = [Part(key, minutes[key], counts[key]) for key in minutes]
    return sorted(parts, key=lambda part: (-part.minutes, str(part.key)))

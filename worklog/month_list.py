"""The entries of a month, group by group, a page at a time. The sums say how many each group has, so nothing is counted again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateField, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from portal.core.prepared import Prepared, Slot
from portal.tenancy.models import Client, Member
from portal.tenancy.reader import ONE_CLIENT, Reader, shape_of, values_of
from worklog.filtering import COLUMNS, DAY, View
from worklog.hanging import entries_of, with_hanging
from worklog.models import WorkEntry
from worklog.month_facts import FIRST, LAST
from worklog.sums import Part

SIZE = 50
IDS: ArrayField = ArrayField(BigIntegerField())
KEYS, ON, BEFORE = Slot("keys", IDS), Slot("on", DateField()), Slot("before", BigIntegerField())


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which entry a page begins: its group, its day and its id."""

    key: str
    day: date
    pk: int

    def __str__(self):
        return f"{self.key}.{self.day.toordinal()}.{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        key, *numbers = text.split(".")
        if len(numbers) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in numbers):
            return None
        day, pk = map(int, numbers)
        return cls(key, date.fromordinal(day), pk) if 1 <= day <= date.max.toordinal() else None


@dataclass(frozen=True)
class Group:
    """Some entries of a part. begins: whether these are its first ones."""

    part: Part
    rows: list[WorkEntry]
    begins: bool


@dataclass(frozen=True)
class MonthPage:
    """after: the key of the next page, "" when this is the last."""

    groups: list[Group]
    after: str

    @property
    def rows(self) -> list[WorkEntry]:
        return [row for group in self.groups for row in group.rows]


def page_of(member: Member, client: Client, view: View, parts: Sequence[Part], after: str = "") -> MonthPage:
    """One page of a view, whose sums by its group are `parts`. A key that is none begins at the top."""
    place = Place.read(after)
    start = next((number for number, part in enumerate(parts) if place and str(part.key) == place.key), None)
    place, start = (None, 0) if start is None else (place, start)
    wanted = _enough(parts[start:])
    if not wanted:
        return MonthPage([], "")
    found = _found(member, client, view, [_number(part.key) for part in wanted], place)
    shown, keys = found[:SIZE], {part.key: part for part in wanted}
    groups = [
        Group(keys[key], list(some), begins=place is None or str(key) != place.key)
        for key, some in groupby(shown, key=lambda row: getattr(row, COLUMNS[view.by]))
    ]
    return MonthPage(groups, _key_of(shown[-1], view.by) if len(found) > SIZE else "")


def _enough(parts: Sequence[Part]) -> list[Part]:
    """As many groups as fill a page, even if the first one (which may have been begun) gives nothing."""
    wanted, count = list(parts[:1]), 0
    for part in parts[1:]:
        if count > SIZE:
            break
        wanted.append(part)
        count += part.count
    return wanted


def _number(key: Any) -> int:
    """A key of a group as a number: without a project it is 0."""
    return key.toordinal() if isinstance(key, date) else key or 0


def _found(member: Member, client: Client, view: View, keys: list[int], place: Place | None) -> list[WorkEntry]:
    """Prepared as long as nothing is filtered."""
    if view.filters:
        rows = view.narrow(with_hanging(entries_of(member, client), member))
        return list(_ordered(rows, view.by, Value(keys, IDS), (place.day, place.pk) if place else None))
    values = values_of(member, client) | {"first": view.month.first, "last": view.month.last, "keys": keys}
    if place:
        values |= {"on": place.day, "before": place.pk}
    return _prepared(member, view.by, is_further=place is not None).all(**values)


def _prepared(member: Member, by: str, *, is_further: bool) -> Prepared:
    key = (shape_of(member), by, is_further)
    if key not in _known:
        reader = Reader(member)
        _known[key] = Prepared(lambda: _whole_month(reader, by, is_further=is_further))
    return _known[key]


_known: dict[tuple, Prepared] = {}


def _whole_month(reader: Any, by: str, *, is_further: bool) -> QuerySet[WorkEntry]:
    rows = with_hanging(entries_of(reader, ONE_CLIENT), reader)  # type: ignore[arg-type]
    rows = rows.filter(spent_on__gte=FIRST, spent_on__lte=LAST)
    return _ordered(rows, by, KEYS, (ON, BEFORE) if is_further else None)


def _ordered(rows: QuerySet[WorkEntry], by: str, keys: Any, behind: tuple[Any, Any] | None) -> QuerySet[WorkEntry]:
    """One entry more than a page has, in the order of the groups, then the newest day first."""
    place = Q()
    if behind:
        place = Q(spent_on__lt=behind[0]) | Q(spent_on=behind[0], pk__lt=behind[1])
    if by == DAY:
        return rows.filter(place).order_by("-spent_on", "-pk")[: SIZE + 1]
    column = Coalesce(F(COLUMNS[by]), Value(0, BigIntegerField()))
    rows = rows.annotate(place=Func(keys, column, function="array_position", output_field=IntegerField()))
    rows = rows.filter(Q(place__gt=1) | place if behind else Q(place__isnull=False), place__isnull=False)
    return rows.order_by("place", "-spent_on", "-pk")[: SIZE + 1]


def _key_of(row: WorkEntry, by: str) -> str:
    return str(Place(str(getattr(row, COLUMNS[by])), row.spent_on, row.pk))

"""What of a client's work log somebody wants to see: a month, how it is grouped, and filters. All of it stands in the address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from worklog.days import read_day
from worklog.models import Charge, Explanation, WorkCorrection, WorkEntry
from worklog.months import Month

MEMBER, KIND, PROJECT, DAY, CHARGE, MARK, WORDS = "member", "kind", "project", "day", "charge", "mark", "q"
GROUPS = {MEMBER: _("By person"), KIND: _("By activity"), PROJECT: _("By project"), DAY: _("By day")}
COLUMNS = {MEMBER: "member_id", KIND: "kind_id", PROJECT: "project_id", DAY: "spent_on"}
"""Which column of an entry each group goes by."""
MARKS = {"corrected": _("Corrected"), "asked": _("With a question")}
NO_PROJECT = "none"
MOST_LETTERS, MOST_DIGITS = 200, 18


@dataclass(frozen=True)
class View:
    """month, by: what is shown, and grouped by what. filters: what is asked for, as words of the address."""

    month: Month
    by: str
    filters: dict[str, str]

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "View":
        """From an address. What is no filter is left out, so that an old link still shows something."""
        found = {
            name: clean(asked.get(name, "")[:MOST_LETTERS].replace("\0", "").strip()) for name, clean in CLEAN.items()
        }
        filters = {name: word for name, word in found.items() if word}
        day = date.fromisoformat(filters[DAY]) if DAY in filters else timezone.localdate()
        by = asked.get("by", "")
        return cls(Month.read(asked.get("month", "")) or Month.of(day), by if by in GROUPS else MEMBER, filters)

    def of_month(self, rows: QuerySet[WorkEntry]) -> QuerySet[WorkEntry]:
        """All of the month, whatever else is asked for."""
        return rows.filter(spent_on__range=(self.month.first, self.month.last))

    def narrow(self, rows: QuerySet[WorkEntry]) -> QuerySet[WorkEntry]:
        """What is asked for."""
        rows = self.of_month(rows)
        for name, word in self.filters.items():
            rows = rows.filter(_condition(name, word))
        return rows

    def query(self, **changed: str) -> str:
        """The address of this view with something else in it; "" takes a filter away."""
        words = {"month": self.month.key, "by": self.by, **self.filters, **changed}
        return "?" + urlencode({name: word for name, word in words.items() if word})


def _condition(name: str, word: str) -> Q | Exists:
    if name == MARK:
        of_entry: dict[str, Any] = {"agency_id": OuterRef("agency_id"), "entry": OuterRef("pk")}
        if word == "asked":
            return Exists(Explanation.objects.filter(**of_entry))
        return Exists(WorkCorrection.objects.filter(**of_entry, is_internal=False))
    if name == WORDS:
        return with_words(word)
    if word == NO_PROJECT:
        return Q(project=None)
    return Q(**{COLUMNS.get(name, name): word})


def with_words(text: str) -> Q:
    """Entries that say all of these words."""
    return Q(*(Q(text__icontains=part) for part in text.split()[:10]))


def _id(word: str) -> str:
    return word if word.isascii() and word.isdigit() and len(word) <= MOST_DIGITS else ""


def _day(word: str) -> str:
    day = read_day(word)
    return day.isoformat() if day else ""


CLEAN: dict[str, Callable[[str], str]] = {
    MEMBER: _id,
    KIND: _id,
    PROJECT: lambda word: word if word == NO_PROJECT else _id(word),
    DAY: _day,
    CHARGE: lambda word: word if word in Charge.values else "",
    MARK: lambda word: word if word in MARKS else "",
    WORDS: str,
}
"""The filters, and what each takes."""

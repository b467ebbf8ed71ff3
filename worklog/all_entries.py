"""All entries of a person, or of all whom it works with: what is asked for stands in the address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.formats import format_date, format_minutes
from portal.tenancy.models import Client, Member
from worklog.filtering import CLEAN, DAY, KIND, MEMBER, MOST_LETTERS, WORDS, with_words
from worklog.hanging import with_question
from worklog.models import WorkEntry, WorkEntryQuerySet, WorkKind

WHO, CLIENT, SINCE, UNTIL, ALL = "who", "client", "from", "to", "all"
FORMS = ("csv", "xlsx", "pdf")
FIELDS: dict[str, Callable[[str], str]] = {
    WHO: lambda word: word if word == ALL else "",
    CLIENT: CLEAN[MEMBER],
    KIND: CLEAN[KIND],
    SINCE: CLEAN[DAY],
    UNTIL: CLEAN[DAY],
    WORDS: CLEAN[WORDS],
}
"""The filters, and what each takes."""
LOOKS = {CLIENT: "client_id", KIND: "kind_id", SINCE: "spent_on__gte", UNTIL: "spent_on__lte"}


@dataclass(frozen=True)
class Wanted:
    """filters: what is asked for, as words of the address."""

    filters: dict[str, str]

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Wanted":
        """From an address. What is no filter is left out, so that an old link still shows something."""
        sent = {name: asked.get(name, "")[:MOST_LETTERS].replace("\0", "").strip() for name in FIELDS}
        found = {name: clean(sent[name]) for name, clean in FIELDS.items()}
        return cls({name: word for name, word in found.items() if word})

    @property
    def is_of_all(self) -> bool:
        """Not only one's own."""
        return WHO in self.filters

    def rows(self, member: Member) -> WorkEntryQuerySet:
        """What the member sees of it."""
        rows = with_question(WorkEntry.objects.visible_to(member).standing().with_names(), member)
        rows = rows if self.is_of_all else rows.by_member(member)
        rows = rows.filter(**{look: self.filters[name] for name, look in LOOKS.items() if name in self.filters})
        return rows.filter(with_words(self.filters[WORDS])) if WORDS in self.filters else rows

    def total(self, member: Member) -> str:
        """Hours and minutes of the period that was asked for; "" without a beginning: a sum of all years says nothing."""
        return format_minutes(self.rows(member).total()) if SINCE in self.filters else ""

    @property
    def query(self) -> str:
        return f"?{urlencode(self.filters)}" if self.filters else ""

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day that were asked for."""
        first, last = (self.filters.get(name, "") for name in (SINCE, UNTIL))
        return (date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)

    @property
    def words(self) -> str:
        """What a printed list was narrowed to, as far as its rows do not say it themselves."""
        first, last = (format_date(day) if day else "" for day in self.days)
        span = f"{first}–{last}" if first or last else ""
        return ", ".join(filter(None, [self.filters.get(WORDS), span]))

    def exports(self) -> list[tuple[str, str]]:
        """(form, address) of the files with the same entries."""
        return [(form.upper(), reverse(f"my_work:{form}") + self.query) for form in FORMS]


def choices_of(member: Member, wanted: Wanted) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """The choices above the list: (name, label, options). One query: each client comes with the kinds of work."""
    named = WorkKind.objects.visible_to(member).order_by("position", "pk").values(json=JSONObject(pk="pk", name="name"))
    clients: list[Any] = list(
        Client.objects.visible_to(member).order_by("name").annotate(work_kinds=ArraySubquery(named))
    )
    kinds = clients[0].work_kinds if clients else []
    offered: list[tuple[str, str, list[tuple[str, Any]]]] = [
        (WHO, _("Only mine"), [(ALL, _("Of everybody"))]),
        (CLIENT, _("All clients"), [(str(row.pk), row.name) for row in clients]),
        (KIND, _("All activities"), [(str(kind["pk"]), kind["name"]) for kind in kinds]),
    ]
    return [
        (name, label, [(key, words, wanted.filters.get(name) == key) for key, words in options])
        for name, label, options in offered
    ]

"""The client's month as one page: figures, budgets, what it can be narrowed to, and a page of its entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_date, format_hours, format_minutes, format_money
from portal.tenancy.asking import Question
from portal.tenancy.models import Client, Member
from worklog.budgets import Standing, standings_of
from worklog.filtering import CHARGE, DAY, GROUPS, KIND, MARK, MARKS, MEMBER, NO_PROJECT, PROJECT, View
from worklog.hanging import entries_of
from worklog.models import Charge, WorkBudget
from worklog.month_facts import FIRST, LAST, Facts, facts_in, facts_question
from worklog.month_lines import Row, row_of
from worklog.month_list import page_of
from worklog.months import Month
from worklog.sums import AllSums, Part, Sums, sums_in, sums_of

MOST_SHARES = 8


@dataclass(frozen=True)
class GroupRows:
    """A heading with its time, and the entries under it. url: the group alone."""

    title: str
    url: str
    time: str
    begins: bool
    rows: list[Row]


@dataclass(frozen=True)
class Share:
    """A part of the month as a bar. value of most."""

    title: str
    url: str
    time: str
    value: int
    most: int


@dataclass(frozen=True)
class Budget:
    """What was agreed, in words and as a bar."""

    title: str
    used: str
    agreed: str
    left: str
    is_over: bool
    forecast: str
    forecast_is_over: bool
    days: str
    value: int
    most: int


def context_of(member: Member, client: Client, view: View, after: str) -> dict[str, Any]:
    """Everything that the page shows."""
    facts, sums = month_of(member, client, view.month)
    found = sums_of(view.narrow(entries_of(member, client))) if view.filters else sums
    standings = standings_of(facts, sums, client.agency, view.month, timezone.localdate())
    return {
        "view": view,
        "month": view.month,
        **_places(view),
        **figures_of(found, sums, view),
        "is_provisional": facts.is_provisional,
        "delay_days": client.delay_days if facts.is_delayed else 0,
        "budgets": [budget_of(row, client, facts, view) for row in standings],
        "shares": _shares(found, facts, view) if not after else [],
        "filters": _filters(view, sums, facts),
        **_list(member, client, view, found, facts, after),
    }


def _question(reader, client) -> QuerySet[Member]:
    of_month = entries_of(reader, client).filter(spent_on__gte=FIRST, spent_on__lte=LAST)
    return facts_question(reader, client).annotate(sums=AllSums(of_month))


QUESTION = Question(_question)


def month_of(member: Member, client: Client, month: Month) -> tuple[Facts, Sums]:
    """Facts and sums of the whole month: one query."""
    (row,) = QUESTION.ask(member, client, first=month.first, last=month.last)
    return facts_in(row, member, client, month), sums_in(row.sums)


def figures_of(found: Sums, sums: Sums, view: View) -> dict[str, Any]:
    """found: the sums of what is shown; sums: of the whole month."""
    count = ngettext("%(count)d entry", "%(count)d entries", found.count) % {"count": found.count}
    return {
        "total": format_minutes(found.minutes),
        "whole": format_hours(sums.minutes) if view.filters else "",
        "count": count,
        "has_entries": sums.count > 0,
        "without_charge": format_minutes(found.without_charge),
        "is_running": view.month.first <= timezone.localdate() <= view.month.last,
    }


def _places(view: View) -> dict[str, Any]:
    """Where the arrows, the groups and the exports lead."""
    after, today = view.month.after, timezone.localdate()
    return {
        "before_url": view.query(month=view.month.before.key, day=""),
        "before": view.month.before,
        "next_url": view.query(month=after.key, day="") if after.first <= today else "",
        "next": after,
        "groups": [(view.query(by=name), label, name == view.by) for name, label in GROUPS.items()],
        "query": view.query(),
        "clear_url": View(view.month, view.by, {}).query(),
    }


def _list(member: Member, client: Client, view: View, found: Sums, facts: Facts, after: str) -> dict[str, Any]:
    page = page_of(member, client, view, found.by(view.by), after)
    base = reverse("worklog:index", args=[client.slug])
    groups = [
        GroupRows(
            facts.name_of(view.by, group.part.key),
            view.query(**{view.by: _word(group.part.key)}),
            format_minutes(group.part.minutes),
            group.begins,
            [row_of(entry, base, facts, member) for entry in group.rows],
        )
        for group in page.groups
    ]
    more = f"{view.query()}&after={page.after}" if page.after else ""
    return {"list": groups, "more": more, "shows_who": view.by != MEMBER}


def _shares(found: Sums, facts: Facts, view: View) -> list[tuple[Any, list[Share]]]:
    """The parts of the month, by person, activity and project, the longest first."""
    named = [(name, label, found.by(name)) for name, label in GROUPS.items() if name != DAY]
    return [
        (label, [_share(part, parts[0], facts, view, name) for part in parts[:MOST_SHARES]])
        for name, label, parts in named
        if len(parts) > 1
    ]


def _share(part: Part, longest: Part, facts: Facts, view: View, what: str) -> Share:
    url = view.query(**{what: _word(part.key)})
    return Share(
        facts.name_of(what, part.key), url, format_minutes(part.minutes), part.minutes, max(longest.minutes, 1)
    )


def _word(key: Any) -> str:
    return NO_PROJECT if key is None else str(key)


def _filters(view: View, sums: Sums, facts: Facts) -> list[tuple[str, Any, list[tuple[str, str, bool]]]]:
    """The choices above the list: (name, label, options); only what would find something."""
    found: list[tuple[str, str, list[tuple[str, Any]]]] = [
        (MEMBER, _("Everybody"), [(_word(part.key), facts.name_of(MEMBER, part.key)) for part in sums.members]),
        (KIND, _("All activities"), [(_word(part.key), facts.name_of(KIND, part.key)) for part in sums.kinds]),
        (PROJECT, _("All projects"), [(_word(part.key), facts.name_of(PROJECT, part.key)) for part in sums.projects]),
        (CHARGE, _("However it counts"), [(part.key, Charge(part.key).label) for part in sums.charges]),
        (MARK, _("All entries"), list(MARKS.items())),
    ]
    return [
        (name, label, [(key, words, view.filters.get(name) == key) for key, words in options])
        for name, label, options in found
        if len(options) > 1 or name in view.filters
    ]


def budget_of(row: Standing, client: Client, facts: Facts, view: View) -> Budget:
    """A standing in words."""
    days = ngettext("%(days)d working day left", "%(days)d working days left", row.days_left) % {"days": row.days_left}
    agreed = format_hours(row.agreed)
    if row.amount is not None:
        agreed = format_money(row.amount, client.agency.currency)
    return Budget(
        title=facts.name_of(PROJECT, row.project_id) if row.project_id else "",
        used=format_minutes(row.used),
        agreed=agreed,
        left=format_minutes(abs(row.left)) if row.amount is None else "",
        is_over=row.amount is None and row.left < 0,
        forecast=format_hours(row.forecast) if row.forecast is not None else "",
        forecast_is_over=row.forecast is not None and row.forecast > row.agreed > 0,
        days=days if view.month.first <= timezone.localdate() <= view.month.last else "",
        value=min(row.used, row.agreed),
        most=max(row.agreed, 1),
    )


def day_of(view: View) -> str:
    """The day that alone is shown, in words."""
    return format_date(date.fromisoformat(view.filters[DAY]), style="long") if DAY in view.filters else ""


def budget_lines(budgets: Iterable[WorkBudget], client: Client) -> list[dict[str, Any]]:
    """Everything that was ever agreed, in words."""
    return [
        {
            "title": row.project.name if row.project else _("The client as a whole"),
            "since": _("from %(month)s on") % {"month": format_date(row.month, style="month")},
            "by": row.set_by,
            "words": _agreed_words(row, client),
        }
        for row in budgets
    ]


def _agreed_words(row: WorkBudget, client: Client) -> str:
    if row.amount is not None:
        return format_money(row.amount, client.agency.currency)
    return format_hours(row.minutes) if row.minutes else _("nothing agreed")

"""What the pages of a month need to know besides its entries and sums, in one question: names, budgets, how final it is."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateField, Exists, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from portal.core.context import tenant
from portal.core.formats import format_date
from portal.core.prepared import Slot
from portal.tenancy.asking import Question
from portal.tenancy.models import Client, Member, Project
from worklog.agreed import Agreed
from worklog.models import ClientWorkPolicy, WorkBudget, WorkEntry, WorkKind
from worklog.months import Month

FIRST, LAST = Slot("first", DateField()), Slot("last", DateField())
NAMED = JSONObject(pk="pk", name="name")


@dataclass(frozen=True)
class Facts:
    """members, kinds, projects: names by id, as far as they are open to the reader.

    is_provisional: whether something of the month was not invoiced. is_delayed: whether the client's people see it later.
    """

    members: dict[int, str]
    kinds: dict[int, str]
    projects: dict[int, str]
    budgets: list[Agreed]
    is_provisional: bool
    is_delayed: bool

    def name_of(self, what: str, key: Any) -> str:
        """What the heading of a group says. what: "member", "kind", "project" or "day"."""
        if what == "day":
            return format_date(key, style="long")
        if what == "project":
            return self.projects[key] if key in self.projects else _("Without a project")
        found = self.members if what == "member" else self.kinds
        return found[key] if key in found else _("Somebody else")


def facts_of(member: Member, client: Client, month: Month) -> Facts:
    """One query."""
    (row,) = QUESTION.ask(member, client, first=month.first, last=month.last)
    return facts_in(row, member, client, month)


def facts_in(row: Any, member: Member, client: Client, month: Month) -> Facts:
    """From the answer to a question that `facts_question` built."""
    return Facts(
        members=_names(row.people),
        kinds=_names(row.kinds),
        projects=_names(row.projects),
        budgets=[Agreed.read(agreed) for agreed in _still_agreed(row.budgets or [], member, client, month)],
        is_provisional=row.is_provisional,
        is_delayed=row.is_delayed,
    )


def _names(entries: list[dict] | None) -> dict[int, str]:
    return {entry["pk"]: entry["name"] for entry in entries or []}


def _still_agreed(rows: list[dict], member: Member, client: Client, month: Month) -> list[dict]:
    """A contact who does not see sums does not go by hours that an amount has replaced: of that row, which the wall hides, he
    learns nothing but that.
    """
    if not rows or member.is_specialist or member.sees_area(client, "money"):
        return rows
    with tenant(client.agency_id):
        amounts = WorkBudget.objects.filter(agency_id=client.agency_id, client=client, amount__isnull=False)
        since = dict(amounts.filter(month__lte=month.first).order_by("month").values_list("project", "month"))
    return [row for row in rows if row["project"] not in since or row["month"] > since[row["project"]].isoformat()]


def facts_question(reader, client) -> QuerySet:
    """What `facts_in` reads. Its slots: the first and the last day of the month."""
    rows = Member.objects.filter(pk=reader.pk).only("pk")
    entries = WorkEntry.objects.visible_to(reader).of(client).filter(spent_on__gte=FIRST, spent_on__lte=LAST)
    delayed = ClientWorkPolicy.objects.visible_to(reader).filter(client=client, delayed_since__isnull=False)
    lists = {
        "people": _people(reader, client),
        "kinds": WorkKind.objects.visible_to(reader).order_by("position", "pk"),
        "projects": Project.objects.visible_to(reader).filter(client=client).order_by("name", "pk"),
    }
    return rows.annotate(
        **{name: ArraySubquery(found.values(json=NAMED)) for name, found in lists.items()},
        budgets=ArraySubquery(_budgets(reader, client)),
        is_provisional=Exists(entries.standing().filter(invoiced_at=None)),
        is_delayed=Exists(delayed),
    )


def _people(reader, client) -> QuerySet:
    """Whoever worked for the client in that month."""
    mine = WorkEntry.objects.filter(agency_id=reader.agency_id, client=client, member=OuterRef("pk"))
    worked = mine.filter(spent_on__gte=FIRST, spent_on__lte=LAST)
    return Member.objects.visible_to(reader).filter(Exists(worked)).annotate(name=F("user__name"))


def _budgets(reader, client) -> QuerySet:
    """What is agreed in that month; for the client as a whole comes first."""
    rows = WorkBudget.objects.visible_to(reader).of(client).in_force(FIRST)
    rows = rows.order_by(F("project_id").asc(nulls_first=True))
    return rows.values(json=JSONObject(month="month", project="project_id", minutes="minutes", amount="amount"))[:200]


QUESTION = Question(facts_question)

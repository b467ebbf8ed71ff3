"""What a reader can narrow the timeline to: areas, kinds of activities, projects, people."""

from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, Q, QuerySet
from django.db.models.functions import JSONObject

from portal.tenancy.asking import Question
from portal.tenancy.models import Client, Member, Project
from portal.tenancy.models.role import Area
from timeline.feed import KIND
from timeline.models import ActivityKind


@dataclass(slots=True)
class Choices:
    """(value, name) of each; the lists are empty when there is nothing to choose from."""

    areas: list[tuple[str, str]]
    kinds: list[tuple[str, str]] = field(default_factory=list)
    projects: list[tuple[str, str]] = field(default_factory=list)
    people: list[tuple[str, str]] = field(default_factory=list)


def choices_of(member: Member, client: Client) -> Choices:
    """In one query, because the page has enough of them."""
    found = Choices([(code, str(label)) for code, label in Area.choices if member.sees_area(client, code)])
    for reader in _OFFERED.ask(member, client):
        found.kinds = _by_name(reader.kinds, KIND)
        found.projects, found.people = _by_name(reader.projects), _by_name(reader.people)
    return found


def _by_name(rows: list[dict], prefix: str = "") -> list[tuple[str, str]]:
    return [(f"{prefix}{row['pk']}", row["name"]) for row in sorted(rows, key=lambda row: row["name"].casefold())]


def _offered(reader, client) -> QuerySet:
    """The reader, with `kinds`, `projects` and `people`: [{"pk", "name"}] of each.

    Of vendors outsiders are offered their own house, and the client's people its providers: who else works for it is not theirs to know.
    """
    here = Q(kind="specialist") | Q(shared_client_ids__contains=_one(client))
    if reader.is_contact:
        here &= Q(vendor=None) | Q(vendor__client=client)
    elif reader.is_vendor:
        here &= Q(vendor=None) | Q(vendor=reader.vendor_id)
    return (
        Member.objects.filter(pk=reader.pk)
        .only("pk")
        .annotate(
            kinds=_named(ActivityKind.objects.visible_to(reader).offered(), "name"),
            projects=_named(Project.objects.visible_to(reader).filter(client=client), "name"),
            people=_named(Member.objects.visible_to(reader).active().filter(here), "user__name"),
        )
    )


def _one(client) -> Func:
    return Func(client, template="ARRAY[%(expressions)s]", output_field=ArrayField(BigIntegerField()))


def _named(rows: QuerySet, name: str) -> ArraySubquery:
    return ArraySubquery(rows.order_by().values(json=JSONObject(pk="pk", name=F(name))))


_OFFERED = Question(_offered)

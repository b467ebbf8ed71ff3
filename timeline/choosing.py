"""What a reader can narrow the timeline to: areas, kinds of activities, projects, people."""

from dataclasses import dataclass, field

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

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
    kinds = ActivityKind.objects.visible_to(member).offered()
    projects = Project.objects.visible_to(member).filter(client=client)
    here = Q(kind="specialist") | Q(shared_client_ids__contains=[client.pk])
    people = Member.objects.visible_to(member).active().filter(here)
    rows = _named("kinds", kinds, F("name")).union(
        _named("projects", projects, F("name")), _named("people", people, F("user__name")), all=True
    )
    for what, name, pk in sorted(rows, key=lambda row: row[1].casefold()):
        getattr(found, what).append((f"{KIND}{pk}" if what == "kinds" else str(pk), name))
    return found


def _named(what: str, rows: QuerySet, name: F) -> QuerySet:
    return rows.order_by().values_list(Value(what), Cast(name, CharField()), "pk")

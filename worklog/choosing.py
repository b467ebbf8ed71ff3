"""Where somebody can log time: clients, and projects of clients, in one list."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from portal.tenancy.asking import Question
from portal.tenancy.models import Client, Member, Project
from portal.tenancy.models.access import projects_open_to
from worklog.models import can_be_logged_by


@dataclass(frozen=True, slots=True)
class Place:
    """A client, perhaps with one of its projects. key: how forms name it."""

    client: Client
    project: Project | None = None

    @property
    def key(self) -> str:
        return f"p{self.project.pk}" if self.project else f"c{self.client.pk}"

    def __str__(self):
        return f"{self.client.name} · {self.project.name}" if self.project else self.client.name


def clients_open_to(member: Any, _client: None = None) -> QuerySet[Client]:
    """Clients for which somebody may log time at all, each with `open_projects`."""
    projects = Project.objects.visible_to(member).active().filter(client=OuterRef("pk")).order_by()
    clients = Client.objects.visible_to(member).active().filter(read_only_at=None)
    return clients.annotate(open_projects=ArraySubquery(projects.values(json=JSONObject(pk="pk", name="name"))))


CLIENTS = Question(clients_open_to)


def places_of(member: Member) -> list[Place]:
    """Everywhere the member may log time, from A to Z: one query."""
    found = [place for client in CLIENTS.ask(member) for place in _places(member, client)]
    return sorted(found, key=lambda place: str(place).casefold())


def _places(member: Member, client: Any) -> Iterator[Place]:
    """A provider logs time in projects alone."""
    client.agency = member.agency
    if not can_be_logged_by(member, client):
        return
    if not member.is_vendor:
        yield Place(client)
    for row in client.open_projects:
        if not member.is_vendor or row["pk"] in projects_open_to(member, client):
            yield Place(client, Project(agency_id=client.agency_id, client=client, **row))

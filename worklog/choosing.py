"""Where somebody can log time: clients, and projects of clients, in one list."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.tenancy.models import Client, Member, Project
from worklog.models import can_be_logged_by, projects_open_to


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


def places_of(member: Member) -> list[Place]:
    """Everywhere the member may log time, from A to Z: two queries."""
    clients = Client.objects.visible_to(member).active().filter(read_only_at=None).select_related("agency")
    open_clients = {client.pk: client for client in clients if can_be_logged_by(member, client)}
    projects = Project.objects.visible_to(member).active().filter(client_id__in=open_clients)
    return sorted(_places(member, open_clients, projects), key=lambda place: str(place).casefold())


def _places(member: Member, clients: dict[int, Client], projects) -> Iterator[Place]:
    """A provider logs time in projects alone."""
    if not member.is_vendor:
        yield from (Place(client) for client in clients.values())
    for project in projects:
        client = clients[project.client_id]
        if not member.is_vendor or project.pk in projects_open_to(member, client):
            yield Place(client, project)

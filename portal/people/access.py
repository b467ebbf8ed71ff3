"""What lies behind an address that somebody could not open: the client, and the project of the thing there, if it has one."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve

from portal.core.access import rule_of
from portal.tenancy import veiling
from portal.tenancy.models import Agency, Client, Project
from portal.tenancy.models.role import Area

PROJECTS: dict[str, Callable[[Client, dict[str, Any]], Project | None]] = {}
"""URL namespace -> the project of the thing at these arguments. Apps add theirs in AppConfig.ready."""


def behind(path: str, agency: Agency) -> tuple[Client, Project | None] | None:
    """None when no client of the agency lies there. Call with the agency's sight."""
    match = _match(path)
    if match is None:
        return None
    slug, clients = match.kwargs.get("client", ""), Client.objects.filter(agency=agency).active()
    client = veiling.client_among(clients, slug) if veiling.is_alias(slug) else clients.filter(slug=slug).first()
    return (client, _project(client, match)) if client else None


def area_at(path: str) -> str:
    """The area of the client that the page at this address belongs to."""
    match = _match(path)
    return (rule_of(match.func).area if match else "") or Area.WORK


def _match(path: str) -> ResolverMatch | None:
    prefix = get_script_prefix()
    inside = urlsplit(path).path
    if not inside.startswith(prefix):
        return None
    try:
        return resolve(f"/{inside.removeprefix(prefix)}", "portal.urls")
    except Resolver404:
        return None


def _project(client: Client, match) -> Project | None:
    slug = match.kwargs.get("project")
    if isinstance(slug, str):
        return Project.objects.filter(agency_id=client.agency_id, client=client, slug=slug).first()
    ask = PROJECTS.get(match.namespace)
    return ask(client, match.kwargs) if ask else None

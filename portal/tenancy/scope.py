"""Opening the door: from a person, an address or an id to the context that the database walls read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.conf import settings
from django.urls import get_script_prefix, set_script_prefix

from portal.core import context
from portal.core.context import AREAS, SHARED_AREAS, Context, entered, tenant
from portal.tenancy.models import Agency, Member

SCOPES = {"specialist": "agency", "contact": "client", "vendor": "vendor"}


def context_of(member: Member) -> Context:
    """Everything the walls need to know about this member; the trace of the request stays."""
    clients = {area: member.clients_of(area) for area in AREAS}
    projects = {area: member.projects_of(area) for area in SHARED_AREAS}
    return replace(
        context.current(),
        agency_id=member.agency_id,
        scope=SCOPES[member.kind],
        user_id=member.user_id,
        member_id=member.pk,
        agency_ids=(),
        clients={} if member.is_specialist else {"any": member.client_ids, "whole": member.whole_client_ids, **clients},
        projects={} if member.is_specialist else {"any": member.project_ids, **projects},
        veiled=not member.knows_clients,
    )


@contextmanager
def acting_as(member: Member) -> Iterator[Context]:
    """Work with exactly this member's sight (tasks, tests)."""
    with looking_up(member.user_id, member.agency_id, member.pk):
        found = context_of(member)
    with entered(found) as current:
        yield current


@contextmanager
def looking_up(user_id: int | None, agency_id: int | None, member_id: int | None = None) -> Iterator[Context]:
    """Inside an agency without a scope yet: only its public rows and the person's own memberships are visible."""
    place = replace(
        context.current(),
        agency_id=agency_id,
        scope="",
        user_id=user_id,
        member_id=member_id,
        clients={},
        projects={},
    )
    with entered(place) as current:
        yield current


def memberships_of(user_id: int) -> list[Member]:
    """A person's places in all agencies, agencies not loaded. Call inside `atomic()`."""
    with looking_up(user_id, None):
        return list(Member.objects.filter(user_id=user_id, ended_at=None).order_by("pk"))


@contextmanager
def seeing_own_agencies(ids: tuple[int, ...]) -> Iterator[Context]:
    """Read the public rows of the agencies in which the person has a place (switcher, choosing a place)."""
    with entered(replace(context.current(), agency_ids=ids)) as current:
        yield current


@contextmanager
def at_prefix(prefix: str) -> Iterator[None]:
    """Reverse URLs under this prefix; the one before comes back even for the test client."""
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        yield
    finally:
        set_script_prefix(before)


@contextmanager
def agency_urls(agency: Agency) -> Iterator[str]:
    """Reverse URLs of this agency (tasks, tests, the switcher); yields the base of absolute links."""
    with at_prefix("/" if agency.host else f"/{agency.slug}/"):
        yield f"https://{agency.host}" if agency.host else settings.BASE_URL


__all__ = [
    "acting_as",
    "agency_urls",
    "at_prefix",
    "context_of",
    "looking_up",
    "memberships_of",
    "seeing_own_agencies",
    "tenant",
]

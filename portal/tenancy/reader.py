"""A member as slots of a prepared query: for querysets that every page asks, such as the figures in the menu."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateTimeField

from portal.core.context import AREAS, SHARED_AREAS
from portal.core.prepared import Slot
from portal.tenancy.models import Client, Member


class _Ids(Slot):
    """A list of ids that stands behind `__in`."""

    def __init__(self, name: str):
        super().__init__(name, output_field=ArrayField(BigIntegerField()))

    def as_sql(self, compiler, connection):
        return "(SELECT unnest(%s))", [self]


class Reader:
    """What `visible_to` asks of a member. Kind and role are those of the member; ids and moments are slots.

    Two members of one `shape` may share a prepared query.
    """

    def __init__(self, member: Member):
        self.is_specialist, self.is_contact, self.is_vendor = member.is_specialist, member.is_contact, member.is_vendor
        self.sees_all_clients, self.can = member.sees_all_clients, member.can
        self.reads_private, self.vendor_areas = member.reads_private, member.vendor_areas
        self.agency_id, self.pk = Slot("agency", BigIntegerField()), Slot("member", BigIntegerField())
        self.vendor_id = Slot("vendor", BigIntegerField())
        self._goes_by_projects = goes_by_projects(member)
        has_projects = self.is_specialist or self._goes_by_projects
        self.client_ids, self.project_ids = _Ids("clients"), _Ids("projects") if has_projects else ()
        self.speaking_project_ids = _Ids("speaking") if has_projects else ()
        self.whole_client_ids = _Ids("whole") if self.is_contact else ()
        self.client_array = Slot("clients", ArrayField(BigIntegerField()))
        self.joined_at = Slot("joined_at", DateTimeField())
        self.now, self.news_since = Slot("now", DateTimeField()), Slot("news_since", DateTimeField())

    @staticmethod
    def clients_of(area: str) -> _Ids:
        return _Ids(f"clients_{area}")

    def projects_of(self, area: str) -> _Ids | tuple[()]:
        """Nothing at all for most contacts: "or one of these projects" would keep their queries from the index of the client."""
        return _Ids(f"projects_{area}") if self._goes_by_projects and area in SHARED_AREAS else ()


ONE_CLIENT = Slot("client", BigIntegerField())
"""The client of the page."""


def goes_by_projects(member: Member) -> bool:
    """Whether projects are shared with this outsider."""
    return member.is_vendor or bool(member.limited_client_ids)


def shape_of(member: Member) -> tuple:
    """What of a member is part of the SQL itself."""
    right = member.reads_private, member.vendor_areas, goes_by_projects(member)
    return member.kind, frozenset(member.role.permissions), *right


def values_of(member: Member, client: Client | None) -> dict[str, Any]:
    """What fills the slots."""
    return {
        "agency": member.agency_id,
        "member": member.pk,
        "vendor": member.vendor_id,
        "clients": list(member.client_ids),
        "whole": list(member.whole_client_ids),
        "projects": list(member.project_ids),
        "speaking": list(member.speaking_project_ids),
        "joined_at": member.joined_at,
        "now": member.now,
        "news_since": member.news_since,
        "client": client.pk if client else None,
        **{f"projects_{area}": list(member.projects_of(area)) for area in SHARED_AREAS},
        **{f"clients_{area}": list(member.clients_of(area)) for area in AREAS},
    }

"""A member as slots of a prepared query: for querysets that every page asks, such as the figures in the menu."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateTimeField

from portal.core.context import AREAS
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
        self.client_ids, self.project_ids = _Ids("clients"), _Ids("projects")
        self.client_array = Slot("clients", ArrayField(BigIntegerField()))
        self.joined_at = Slot("joined_at", DateTimeField())
        self.now, self.news_since = Slot("now", DateTimeField()), Slot("news_since", DateTimeField())

    @staticmethod
    def clients_of(area: str) -> _Ids:
        return _Ids(f"clients_{area}")


ONE_CLIENT = Slot("client", BigIntegerField())
"""The client of the page."""


def shape_of(member: Member) -> tuple:
    """What of a member is part of the SQL itself."""
    return member.kind, frozenset(member.role.permissions), member.reads_private, member.vendor_areas


def values_of(member: Member, client: Client | None) -> dict[str, Any]:
    """What fills the slots."""
    return {
        "agency": member.agency_id,
        "member": member.pk,
        "vendor": member.vendor_id,
        "clients": list(member.client_ids),
        "projects": list(member.project_ids),
        "joined_at": member.joined_at,
        "now": member.now,
        "news_since": member.news_since,
        "client": client.pk if client else None,
        **{f"clients_{area}": list(member.clients_of(area)) for area in AREAS},
    }

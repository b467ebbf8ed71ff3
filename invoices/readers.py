"""Who reads a client's invoices: its contacts to whom its money is open."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from portal.tenancy.models import Client, ClientAccess, Member
from portal.tenancy.models.client import still_open
from portal.tenancy.models.role import Area, Kind


def readers_of(client: Client) -> list[Member]:
    """By name, each with the role and the user. One query; call with the agency's sight."""
    access = _opening(client.agency_id).filter(client=client)
    rows = Member.objects.filter(pk__in=access.values("member_id"))
    return list(rows.select_related("user", "role", "agency").order_by("user__name", "pk"))


def readers_by_client(agency_id: int, clients: Iterable[int]) -> list[tuple[int, int]]:
    """The same of many clients: (client id, member id). One query; call with the agency's sight."""
    return list(_opening(agency_id).filter(client_id__in=list(clients)).values_list("client_id", "member_id"))


def _opening(agency_id: int) -> QuerySet[ClientAccess]:
    """Accesses that open the client's money today, of contacts who can come in."""
    rows = ClientAccess.objects.filter(still_open("client", timezone.localdate()), areas__contains=[Area.MONEY])
    here = {"member__kind": Kind.CONTACT, "member__ended_at": None, "member__user__is_active": True}
    return rows.filter(agency_id=agency_id, **here)

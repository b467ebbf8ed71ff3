"""Who reads a client's invoices: its contacts to whom its money is open."""

from django.utils import timezone

from portal.tenancy.models import Client, ClientAccess, Member


def readers_of(client: Client) -> list[Member]:
    """By name, each with the role and the user. One query; call with the agency's sight."""
    if client.access_until is not None and client.access_until < timezone.localdate():
        return []
    access = ClientAccess.objects.filter(agency_id=client.agency_id, client=client, areas__contains=["money"])
    rows = Member.objects.filter(pk__in=access.values("member_id"), kind="contact").active()
    return list(rows.select_related("user", "role", "agency").order_by("user__name", "pk"))

"""Which projects of a client are open to those of its people who do not see all of them."""

from portal.core.context import tenant
from portal.tenancy.models import Client, ProjectAccess


def reach_of(client: Client) -> dict[int | None, list[ProjectAccess]]:
    """By the id of the member, in the order of their names. With the agency's sight: contacts see no sharing but their own."""
    found: dict[int | None, list[ProjectAccess]] = {}
    rows = ProjectAccess.objects.filter(agency_id=client.agency_id, client=client, member__kind="contact")
    with tenant(client.agency_id):
        for row in rows.select_related("project").order_by("project__name", "pk"):
            found.setdefault(row.member_id, []).append(row)
    return found

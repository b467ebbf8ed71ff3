"""What people keep for themselves: pinned clients, and how the start page looks."""

from django.core.exceptions import PermissionDenied

from portal.people.models import PinnedClient, StartChoice
from portal.tenancy.models import Client, Member

PERIODS = (30, 60, 90)
"""Days that the timeline of the start page may look back."""


def pin(client: Client, *, by: Member) -> None:
    """Keep the client at hand. A second call changes nothing."""
    if not by.is_specialist or not by.sees_client(client):
        raise PermissionDenied
    PinnedClient.objects.get_or_create(agency_id=by.agency_id, member=by, client=client)


def unpin(client: Client, *, by: Member) -> None:
    """It is no longer wanted at hand."""
    PinnedClient.objects.visible_to(by).filter(client=client).delete()


def choose_period(days: int, *, by: Member) -> None:
    """How far the timeline of the member's start page looks back from now on."""
    if days not in PERIODS:
        raise ValueError(f"not a period: {days}")
    StartChoice.objects.update_or_create(agency_id=by.agency_id, member=by, defaults={"days": days})

"""What runs out by itself."""

from django.utils import timezone

from portal.core.jobs import enqueue
from portal.people.actions import clients
from portal.people.models import Invitation
from portal.tenancy.models import Client
from portal.tenancy.tasks import cross_tenant_task, tenant_task


@tenant_task
def close_clients(agency_id: int) -> None:
    """Clients whose last day has passed."""
    for client in Client.objects.filter(agency_id=agency_id).active().over():
        clients.close_client(client)


@tenant_task
def close_invitations(agency_id: int) -> None:
    """Invitations that nobody accepted in time."""
    over = Invitation.objects.waiting().filter(agency_id=agency_id, expires_at__lte=timezone.now())
    over.update(revoked_at=timezone.now())


@cross_tenant_task
def end_what_has_run_out() -> None:
    """Wake the agencies in which something has run out."""
    ended = Client.objects.using("maint").active().over()
    for agency_id in set(ended.values_list("agency_id", flat=True)):
        enqueue(close_clients, agency_id)
    expired = Invitation.objects.using("maint").waiting().filter(expires_at__lte=timezone.now())
    for agency_id in set(expired.values_list("agency_id", flat=True)):
        enqueue(close_invitations, agency_id)

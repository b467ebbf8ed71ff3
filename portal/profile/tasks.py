"""Asking once a quarter."""

from portal.core.jobs import enqueue
from portal.profile.actions import reminders
from portal.profile.models import Section
from portal.tenancy.models import Client
from portal.tenancy.tasks import cross_tenant_task, tenant_task


@tenant_task
def remind(agency_id: int, client_id: int) -> None:
    """One client; safe to run twice."""
    reminders.ask(Client.objects.select_related("agency").get(agency_id=agency_id, pk=client_id))


@cross_tenant_task
def ask_to_confirm() -> None:
    """Wake the clients with something to confirm."""
    found = reminders.due(Section.objects.using("maint")).order_by().values_list("agency_id", "client_id")
    for agency_id, client_id in found.distinct():
        enqueue(remind, agency_id, client_id)

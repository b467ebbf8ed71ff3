"""Handing events to their readers after commit."""

from portal.core.jobs import wake
from portal.events import delivery
from portal.tenancy.tasks import cross_tenant_task, tenant_task


@tenant_task(atomic=False)
def deliver(agency_id: int, event_id: int) -> None:
    delivery.deliver(event_id)


@cross_tenant_task
def sweep() -> None:
    wake(deliver, delivery.undelivered())

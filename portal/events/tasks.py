"""Handing events to their readers after commit."""

from portal.events import delivery
from portal.tenancy.tasks import cross_tenant_task, tenant_task


@tenant_task
def deliver(agency_id: int, event_id: int) -> None:
    delivery.deliver(event_id)


@cross_tenant_task
def sweep() -> None:
    for agency_id, event_id in delivery.undelivered():
        deliver.delay(agency_id, event_id)

"""Wake-ups for the two queues of mail; the rows are the record, the sweepers find what was lost."""

from portal.mail import delivery, processing
from portal.tenancy.tasks import cross_tenant_task, tenant_task


@tenant_task(atomic=False)
def process(agency_id: int, inbound_id: int) -> None:
    processing.process(agency_id, inbound_id)


@tenant_task(atomic=False)
def deliver(agency_id: int, outgoing_id: int) -> None:
    delivery.deliver(outgoing_id)


@cross_tenant_task
def sweep_incoming() -> None:
    for agency_id, inbound_id in processing.left_behind():
        process.delay(agency_id, inbound_id)


@cross_tenant_task
def sweep_outgoing() -> None:
    for agency_id, outgoing_id in delivery.left_behind():
        deliver.delay(agency_id, outgoing_id)

"""Wake-ups for mails that are due; the rows are the record, the sweeper looks for them twice a minute."""

from portal.core.jobs import wake
from portal.notifications import bursts
from portal.tenancy.tasks import cross_tenant_task, tenant_task


@tenant_task
def send(agency_id: int, delivery_id: int) -> None:
    bursts.send(delivery_id)


@cross_tenant_task
def sweep() -> None:
    wake(send, bursts.due())

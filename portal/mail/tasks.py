"""Wake-ups for the two queues of mail; the rows are the record, the sweepers find what was lost."""

from portal.core.jobs import wake
from portal.mail import delivery, imap, processing, strays
from portal.tenancy.tasks import cross_tenant_task, tenant_task


@tenant_task(atomic=False)
def process(agency_id: int, inbound_id: int) -> None:
    processing.process(agency_id, inbound_id)


@tenant_task(atomic=False)
def deliver(agency_id: int, outgoing_id: int) -> None:
    delivery.deliver(outgoing_id)


@cross_tenant_task
def sweep_incoming() -> None:
    wake(process, processing.left_behind())


@cross_tenant_task
def sweep_outgoing() -> None:
    wake(deliver, delivery.left_behind())


@tenant_task(atomic=False)
def poll_mailbox(agency_id: int, mailbox_id: int) -> None:
    imap.poll(mailbox_id)


@cross_tenant_task
def poll_mailboxes() -> None:
    wake(poll_mailbox, imap.left_unread())


@cross_tenant_task
def end_old_strays() -> None:
    strays.end_old()

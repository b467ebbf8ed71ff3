"""Tests of addresses, and what goes by the clock: telling what waits, ending what nobody wanted."""

from mailbox import address_probe, quarantine
from portal.core.jobs import enqueue
from portal.tenancy.models import Agency
from portal.tenancy.tasks import cross_tenant_task, tenant_task


@tenant_task(atomic=False)
def send_test(agency_id: int, test_id: int) -> None:
    address_probe.send(test_id)


@tenant_task
def tell_agency(agency_id: int) -> None:
    quarantine.tell(Agency.objects.get(pk=agency_id))


@tenant_task(atomic=False)
def end_old_of(agency_id: int) -> None:
    quarantine.end_old(agency_id)


@cross_tenant_task
def tell_all() -> None:
    for agency_id in Agency.objects.using("maint").values_list("pk", flat=True):
        enqueue(tell_agency, agency_id)


@cross_tenant_task
def end_all_old() -> None:
    for agency_id in Agency.objects.using("maint").values_list("pk", flat=True):
        enqueue(end_old_of, agency_id)

"""Looking after what is stored."""

from portal.files import actions, antivirus, orphans
from portal.files.models import File
from portal.tenancy.models import Agency
from portal.tenancy.tasks import cross_tenant_task, tenant_task

MOST_RESCANNED = 100
"""Files that are scanned again at a time, every five minutes."""


@tenant_task
def sweep_agency(agency_id: int) -> None:
    orphans.sweep(agency_id)


@cross_tenant_task
def sweep_orphans() -> None:
    for agency_id in Agency.objects.using("maint").values_list("pk", flat=True):
        sweep_agency.delay(agency_id)


@tenant_task
def rescan(agency_id: int, file_id: int) -> None:
    actions.rescan(File.objects.get(pk=file_id))


@cross_tenant_task
def rescan_unknown() -> None:
    """In no order: some stay unknown for ever (too large for the scanner), and must not keep the others from their turn."""
    rows = File.objects.using("maint").filter(scan_verdict=antivirus.UNKNOWN).order_by("?")
    for agency_id, file_id in rows.values_list("agency_id", "pk")[:MOST_RESCANNED]:
        rescan.delay(agency_id, file_id)

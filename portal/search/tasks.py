"""Reading the words of files. The files are the queue: whatever has no text yet is read, a minute late at most."""

from portal.core.jobs import wake
from portal.search import reading
from portal.tenancy.tasks import cross_tenant_task, tenant_task


@tenant_task(atomic=False)
def read_file(agency_id: int, file_id: int) -> None:
    reading.read(file_id)


@cross_tenant_task
def sweep_files() -> None:
    wake(read_file, reading.unread())

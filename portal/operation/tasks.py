"""The tick by which the doctor knows that beat and worker live, the examination for the page, and the hourly look that alarms."""

from portal.operation import doctor, inside
from portal.operation.findings import BROKEN, SOON
from portal.tenancy.tasks import cross_tenant_task


@cross_tenant_task
def tick() -> None:
    inside.tick()


@cross_tenant_task
def examine() -> None:
    report = doctor.examine()
    doctor.keep(report)
    doctor.alarm(report["findings"])


@cross_tenant_task
def watch() -> None:
    doctor.alarm(doctor.glance(), (SOON, BROKEN))

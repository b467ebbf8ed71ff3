"""The tick by which the doctor knows that beat and worker live, and the examination for the page."""

from portal.operation import doctor, inside
from portal.tenancy.tasks import cross_tenant_task


@cross_tenant_task
def tick() -> None:
    inside.tick()


@cross_tenant_task
def examine() -> None:
    doctor.keep(doctor.examine())

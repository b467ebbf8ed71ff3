"""The tick by which the doctor knows that beat and worker live, the examination for the page, and the hourly look that alarms."""

from contextlib import suppress

from celery.signals import beat_init
from kombu.exceptions import OperationalError

from portal.operation import doctor, inside
from portal.operation.findings import BROKEN, SOON
from portal.tenancy.tasks import cross_tenant_task


@cross_tenant_task
def tick() -> None:
    inside.tick()


@beat_init.connect
def tick_at_once(**_about) -> None:
    """A beat that has started is heard at once: one that ends again and again would never come to its minute."""
    with suppress(OperationalError, OSError):
        tick.apply_async(retry=False)


@cross_tenant_task
def examine() -> None:
    report = doctor.examine()
    doctor.keep(report)
    doctor.alarm(report["findings"])


@cross_tenant_task
def watch() -> None:
    doctor.alarm(doctor.glance(), (SOON, BROKEN))

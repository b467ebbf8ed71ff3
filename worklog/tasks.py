"""What time itself does to the work log: midnight splits timers, long ones ask, missing time is told, silence releases, the
day of the statement comes."""

from portal.core.jobs import enqueue
from portal.tenancy.models import Client, Member
from portal.tenancy.tasks import cross_tenant_task, tenant_task
from worklog.actions import explaining, reminding, stating, timers
from worklog.months import Month


@tenant_task
def tend_timer(agency_id: int, member_id: int) -> None:
    timers.tend(by=_member(agency_id, member_id))


@tenant_task
def remind_of_gaps(agency_id: int, member_id: int) -> None:
    reminding.remind(_member(agency_id, member_id))


@cross_tenant_task
def tend_timers() -> None:
    """Wake those that have run over midnight or for ten hours."""
    for row in timers.due():
        enqueue(tend_timer, *row)


@cross_tenant_task
def remind_all() -> None:
    """Wake the reminders of agencies whose day and hour it is."""
    for row in reminding.due():
        enqueue(remind_of_gaps, *row)


@tenant_task
def release_explained(agency_id: int, explanation_id: int) -> None:
    explaining.release_by_silence(explanation_id)


@tenant_task
def send_statement(agency_id: int, client_id: int, month: str) -> None:
    client = Client.objects.select_related("agency").get(agency_id=agency_id, pk=client_id)
    stating.state(client, Month.read(month))  # type: ignore[arg-type]


@cross_tenant_task
def release_all() -> None:
    """Wake the entries whose answer nobody has doubted."""
    for row in explaining.silent():
        enqueue(release_explained, *row)


@cross_tenant_task
def state_all() -> None:
    """Wake the statements whose day it is."""
    for row in stating.due():
        enqueue(send_statement, *row)


def _member(agency_id: int, member_id: int) -> Member:
    people = Member.objects.filter(agency_id=agency_id, pk=member_id)
    return people.complete().get()

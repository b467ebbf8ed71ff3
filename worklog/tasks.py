"""What time itself does to the work log: midnight splits timers, long ones ask, missing time is told."""

from portal.core.jobs import enqueue
from portal.tenancy.models import Member
from portal.tenancy.tasks import cross_tenant_task, tenant_task
from worklog.actions import reminding, timers


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


def _member(agency_id: int, member_id: int) -> Member:
    people = Member.objects.filter(agency_id=agency_id, pk=member_id)
    return people.select_related("user", "role", "vendor", "agency").get()

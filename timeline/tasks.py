"""What becomes visible is told, each hour. Nothing is opened here: the walls themselves look at the clock."""

from portal.core.jobs import enqueue
from portal.tenancy.models import Member
from portal.tenancy.tasks import cross_tenant_task, tenant_task
from timeline.actions import announcing


@tenant_task
def announce(agency_id: int, activity_id: int) -> None:
    announcing.announce(activity_id)


@tenant_task
def mail_week(agency_id: int, member_id: int) -> None:
    people = Member.objects.filter(agency_id=agency_id, pk=member_id)
    announcing.mail_week(people.active().complete().get())


@cross_tenant_task
def tell_what_shows() -> None:
    """Wake the notices and the weekly mails that are due."""
    for row in announcing.unannounced():
        enqueue(announce, *row)
    for row in announcing.readers_of_weekly_mails():
        enqueue(mail_week, *row)

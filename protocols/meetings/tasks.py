"""What happens to meetings by itself: the days of series are made ahead, and leaders are reminded of protocols."""

from django.db.models import F, Q

from portal.core.jobs import enqueue
from portal.tenancy.models import Agency
from portal.tenancy.models.client import OPEN_CLIENT
from portal.tenancy.tasks import cross_tenant_task, tenant_task
from protocols.meetings import series, unwritten
from protocols.models import Meeting, MeetingSeries
from protocols.reminding import MOST


@tenant_task
def make_ahead(agency_id: int) -> None:
    """Each series of the agency up to half a year ahead."""
    for row in _going_on(MeetingSeries.objects).filter(agency_id=agency_id).order_by("pk"):
        series.make_ahead(row)


@tenant_task
def remind(agency_id: int) -> None:
    """Whoever led a meeting and has not written its protocol."""
    unwritten.remind(Agency.objects.get(pk=agency_id))


@cross_tenant_task
def make_all_ahead() -> None:
    """Wake the agencies that have series."""
    rows = _going_on(MeetingSeries.objects.using("maint"))
    for agency_id in set(rows.values_list("agency_id", flat=True)):
        enqueue(make_ahead, agency_id)


@cross_tenant_task
def remind_all() -> None:
    """Wake the agencies in which a protocol is missing."""
    rows = unwritten.asked_for(Meeting.objects.using("maint").filter(reminders__lt=MOST))
    for agency_id in set(rows.values_list("agency_id", flat=True)):
        enqueue(remind, agency_id)


def _going_on(rows):
    """Series whose last meeting is not made yet, of clients that are not closed."""
    open_ones = rows.filter(ended_at=None, **OPEN_CLIENT)
    return open_ones.filter(Q(last_on=None) | Q(made_until=None) | Q(made_until__lt=F("last_on")))

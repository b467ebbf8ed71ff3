"""What happens to protocols by itself: agreement by silence, reminders of action items."""

from datetime import timedelta

from django.utils import timezone

from portal.core.jobs import enqueue
from portal.core.zones import zone
from portal.tenancy.models import Agency
from portal.tenancy.tasks import cross_tenant_task, tenant_task
from protocols import actions
from protocols.models import ActionItem, Protocol


@tenant_task
def agree(agency_id: int) -> None:
    """Protocols of the agency whose time for corrections is over, one transaction each."""
    silent = Protocol.objects.filter(agency_id=agency_id).silent(at=timezone.now())
    for pk in list(silent.values_list("pk", flat=True)):
        actions.accept_by_silence(pk)


@tenant_task
def remind(agency_id: int) -> None:
    """Whoever has something to do by tomorrow, or has not done it yet."""
    today = timezone.localdate(timezone=zone(Agency.objects.get(pk=agency_id).time_zone))
    due = ActionItem.objects.filter(agency_id=agency_id).remindable(on=today)
    for pk in list(due.values_list("pk", flat=True)):
        actions.remind(pk)


@cross_tenant_task
def agree_all() -> None:
    """Wake the agencies in which silence has come to its end."""
    silent = Protocol.objects.using("maint").silent(at=timezone.now())
    for agency_id in set(silent.values_list("agency_id", flat=True)):
        enqueue(agree, agency_id)


@cross_tenant_task
def remind_all() -> None:
    """Wake the agencies in which something is due; somewhere it is tomorrow already."""
    due = ActionItem.objects.using("maint").remindable(on=timezone.localdate() + timedelta(days=1))
    for agency_id in set(due.values_list("agency_id", flat=True)):
        enqueue(remind, agency_id)

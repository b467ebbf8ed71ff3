"""What happens to protocols by itself: agreement by silence, reminders of action items."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from portal.core.jobs import enqueue
from portal.tenancy.tasks import cross_tenant_task, tenant_task
from protocols import actions
from protocols.models import ActionItem, Protocol
from protocols.reminding import MOST

OPEN_CLIENT = {"client__archived_at": None, "client__read_only_at": None}
REMIND_AHEAD = timedelta(days=1)
REMIND_BACK = timedelta(days=30)
"""What is longer overdue is known by now."""


@tenant_task
def agree(agency_id: int) -> None:
    """Protocols of the agency whose time for corrections is over, one transaction each."""
    for pk in list(_silent(Protocol.objects).filter(agency_id=agency_id).values_list("pk", flat=True)):
        actions.accept_by_silence(pk)


@tenant_task
def remind(agency_id: int) -> None:
    """Whoever has something to do by tomorrow, or has not done it yet."""
    for pk in list(_due(ActionItem.objects).filter(agency_id=agency_id).values_list("pk", flat=True)):
        actions.remind(pk)


@cross_tenant_task
def agree_all() -> None:
    """Wake the agencies in which silence has come to its end."""
    for agency_id in set(_silent(Protocol.objects.using("maint")).values_list("agency_id", flat=True)):
        enqueue(agree, agency_id)


@cross_tenant_task
def remind_all() -> None:
    """Wake the agencies in which something is due."""
    for agency_id in set(_due(ActionItem.objects.using("maint")).values_list("agency_id", flat=True)):
        enqueue(remind, agency_id)


def _silent(rows):
    return rows.published().filter(accepted_at=None, correct_until__lte=timezone.now(), **OPEN_CLIENT)


def _due(rows):
    today = timezone.localdate()
    soon = rows.open().filter(due_on__lte=today + REMIND_AHEAD, due_on__gte=today - REMIND_BACK)
    again = Q(due_on__lt=today, reminders__lt=MOST)
    return soon.filter(Q(reminders=0) | again, assignee__isnull=False, assignee__ended_at=None, **OPEN_CLIENT)

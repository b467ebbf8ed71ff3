"""What a manager decides: approval of entries, and the rules of the work log."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.people import rules
from portal.tenancy.models import Client, Member
from worklog.actions.tracing import mark_of
from worklog.models import USUAL_DAY, ClientWorkPolicy, WorkEntry, WorkPolicy, WorkResult
from worklog.showing import due_at, is_delayed


@transaction.atomic
def approve(entries: Iterable[WorkEntry], *, by: Member, seen: Mapping[int, str] | None = None) -> int:
    """The client may see these; how many waited. Those that did not wait are left alone.

    seen: `mark_of` what stood on the screen, by id; what says something else now waits on.
    """
    with tenant(by.agency_id):
        ids, marks = sorted(entry.pk for entry in entries), seen or {}
        rows = WorkEntry.objects.select_related("client__agency", "kind", "project").order_by("pk")
        rows = rows.select_for_update(of=("self",)).filter(agency_id=by.agency_id, pk__in=ids)
        waiting = [row for row in rows.awaiting_approval() if not marks.get(row.pk) or marks[row.pk] == mark_of(row)]
        if not all(row.can_be_approved_by(by) for row in waiting):
            raise PermissionDenied
        _show(waiting, by=by)
    return len(waiting)


@transaction.atomic
def set_policy(
    *,
    by: Member,
    approves: bool,
    reminder_weekday: int | None = None,
    statement_day: int | None = None,
    day_minutes: int = USUAL_DAY,
) -> WorkPolicy:
    """The rules for all clients. When approval ends, what waits for it is shown; what a manager has to look at anyway waits on."""
    if not rules.manages_agency(by):
        raise PermissionDenied
    with tenant(by.agency_id):
        row, _is_new = WorkPolicy.objects.select_for_update().get_or_create(agency_id=by.agency_id)
        row.approved_since = (row.approved_since or timezone.now()) if approves else None
        row.reminder_weekday, row.statement_day, row.day_minutes = reminder_weekday, statement_day, day_minutes
        row.save()
        if not approves:
            waiting = WorkEntry.objects.select_related("client__agency").filter(agency_id=by.agency_id)
            _show(waiting.awaiting_approval().exclude(visible_from=None, doubted_at__isnull=False), by=by)
    return row


@transaction.atomic
def set_delay(client: Client, *, by: Member, delayed: bool) -> ClientWorkPolicy:
    """Whether the client's people see entries as late as its timeline. What they have seen stays seen."""
    if by.agency_id != client.agency_id or not rules.manages_clients(by):
        raise PermissionDenied
    with tenant(client.agency_id):
        row, _is_new = ClientWorkPolicy.objects.select_for_update().get_or_create(
            agency_id=client.agency_id, client=client
        )
        row.delayed_since = (row.delayed_since or timezone.now()) if delayed else None
        row.save()
        follow_delay(client)
    return row


def follow_delay(client: Client) -> None:
    """The client's delay has changed: what nobody outside sees yet moves with it."""
    delayed = is_delayed(client)
    rows = WorkEntry.objects.filter(agency_id=client.agency_id, client=client, visible_from__gt=timezone.now())
    for day in rows.order_by().values_list("spent_on", flat=True).distinct():
        rows.filter(spent_on=day).update(visible_from=due_at(client, day, is_delayed=delayed))


def _show(rows: Iterable[WorkEntry], *, by: Member) -> None:
    """The entries, and the results that were held back."""
    delays: dict[int, bool] = {}
    for row in rows:
        if row.client_id not in delays:
            delays[row.client_id] = is_delayed(row.client)
        if row.visible_from is None:
            row.visible_from = due_at(row.client, row.spent_on, is_delayed=delays[row.client_id])
        row.approved_at, row.approved_by, row.doubted_at = timezone.now(), by, None
        row.save(update_fields=["visible_from", "approved_at", "approved_by", "doubted_at"])
        held = WorkResult.objects.filter(agency_id=row.agency_id, entry=row, held_at__isnull=False)
        held.update(held_at=None, let_at=row.approved_at)

"""Bringing along time that was kept elsewhere: all of it or none, and never twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from portal.audit.log import log as audit_log
from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Client, Member
from worklog.actions import kinds
from worklog.actions.logging import agreed_charge, check, tell_of_waiting
from worklog.actions.months import hold_open
from worklog.client_events import IMPORTED
from worklog.importing.plan import Draft, Plan
from worklog.models import Source, WorkEntry
from worklog.showing import shown_from


@transaction.atomic
def carry_out(plan: Plan, *, by: Member) -> int:
    """Add every new row of the plan; how many entries there are more. Raises `MonthClosed`."""
    if not by.is_specialist:
        raise PermissionDenied
    drafts = plan.drafts
    with tenant(by.agency_id):
        for draft in drafts:
            check(by, draft.client, draft.project, draft.member)
        for client in {draft.client for draft in drafts}:
            hold_open(client, _days(drafts, client), by=by)
        keys = {key_of(draft, number) for draft in drafts for number in range(len(draft.work))}
        imported = WorkEntry.objects.filter(agency_id=by.agency_id, import_key__in=keys)
        known = set(imported.values_list("import_key", flat=True))
        WorkEntry.objects.bulk_create(_entries(drafts, by), batch_size=500, ignore_conflicts=True)
        made = imported.count() - len(known)
        _tell_of_waiting(imported.exclude(import_key__in=known), by=by)
        for client, number in Counter(draft.client for draft in drafts).items():
            record(IMPORTED, client, by=by, client=client, count=number, vendor=plan.vendor.name)
        audit_log("import.made", {"what": f"work log, {plan.vendor.name}", "rows": made})
    return made


def _days(drafts: list[Draft], client: Client) -> set:
    return {stretch.day for draft in drafts if draft.client == client for stretch in draft.work}


def _entries(drafts: list[Draft], by: Member) -> Iterator[WorkEntry]:
    """Kind, charge and delay are looked up once for all that have the same."""
    named: Callable = cache(lambda name: kinds.named(by.agency, name))
    charged: Callable = cache(agreed_charge)
    shown: Callable = cache(shown_from)
    for draft in drafts:
        for number, stretch in enumerate(draft.work):
            yield WorkEntry(
                agency_id=by.agency_id,
                client=draft.client,
                project=draft.project,
                member=draft.member,
                kind=named(draft.kind),
                text=draft.text,
                spent_on=stretch.day,
                minutes=stretch.minutes,
                started_at=stretch.started_at,
                ended_at=stretch.ended_at,
                charge=draft.charge or charged(draft.client, draft.project, stretch.day.replace(day=1)),
                source=Source.IMPORT,
                logged_by=by,
                visible_from=shown(draft.client, draft.member, stretch.day),
                import_key=key_of(draft, number),
            )


def key_of(draft: Draft, number: int) -> str:
    """The second part of work over midnight has a key of its own."""
    return f"{draft.key}:{number}" if number else draft.key


def _tell_of_waiting(made: QuerySet[WorkEntry], *, by: Member) -> None:
    """Managers hear once of each client whose time waits for them now."""
    waiting: dict[int, list[WorkEntry]] = {}
    for row in made.awaiting_approval().with_names().order_by("spent_on", "pk"):  # type: ignore[attr-defined]
        waiting.setdefault(row.client_id, []).append(row)
    for rows in waiting.values():
        tell_of_waiting(rows[0], by=by, but=rows)

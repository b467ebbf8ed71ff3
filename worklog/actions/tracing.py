"""What a change of an entry leaves behind: its trace, and another wait where the rules want one."""

from datetime import UTC
from hashlib import sha256
from typing import Any

from django.utils import timezone

from portal.events.record import record
from portal.tenancy.models import Member
from worklog.actions.logging import tell_of_waiting
from worklog.events import CORRECTED
from worklog.models import WorkCorrection, WorkEntry, can_be_managed_by
from worklog.showing import due_at, is_approving, is_delayed

TOLD = ("text", "minutes", "charge", "kind", "project", "spent_on", "started_at", "ended_at")
"""What of an entry the trace tells, as words."""


def told(row: WorkEntry) -> dict[str, Any]:
    """What the entry says now."""
    names = {"kind": row.kind.name, "project": row.project.name if row.project else ""}
    names |= {"spent_on": row.spent_on.isoformat(), "charge": str(row.charge)}
    moments = {"started_at": row.started_at, "ended_at": row.ended_at}
    names |= {name: moment.astimezone(UTC).isoformat() if moment else "" for name, moment in moments.items()}
    return {name: names.get(name, getattr(row, name)) for name in TOLD}


def mark_of(row: WorkEntry) -> str:
    """The same as long as the entry says the same."""
    return sha256(repr(sorted(told(row).items())).encode()).hexdigest()[:16]


def hold_back(row: WorkEntry, *, by: Member, seen: bool, has_moved: bool = False) -> bool:
    """Where entries are approved, changed ones wait again unless an approver changed them: what nobody outside has seen is hidden
    until then, what was seen stays in sight. Where they are delayed, another day is another wait. Saves nothing of the words.

    Returns whether it waits for approval now.
    """
    if row.is_of_provider:
        return False
    waits = is_approving(row.agency_id) and not can_be_managed_by(by, row.client)
    if waits:
        was_waiting = row.is_waiting
        row.doubted_at = timezone.now() if seen else row.doubted_at
        if not seen:
            row.visible_from = row.approved_at = row.approved_by = None
        if not was_waiting:
            tell_of_waiting(row, by=by)
    elif has_moved and not seen and row.visible_from and is_delayed(row.client):
        row.visible_from = due_at(row.client, row.spent_on, is_delayed=True)
    row.save(update_fields=["visible_from", "approved_at", "approved_by", "doubted_at"])
    return waits


def trace(
    row: WorkEntry, before: dict[str, Any], now: dict[str, Any], *, by: Member, seen: bool, reason: str = ""
) -> None:
    """Old and new words, for the client too if somebody of it knew the old ones; nothing when they are the same."""
    changed = [name for name in now if now[name] != before[name]]
    if not changed:
        return
    if seen:
        row.changed_at = timezone.now()
        row.save(update_fields=["changed_at"])
    WorkCorrection.objects.create(
        agency_id=row.agency_id,
        entry=row,
        old={name: before[name] for name in changed},
        new={name: now[name] for name in changed},
        reason=reason,
        corrected_by=by,
        is_internal=not seen,
    )
    words = {"entry": row.pk, "title": row.text, "minutes": row.minutes, "was": before.get("minutes", row.minutes)}
    record(CORRECTED, row, by=by, internal=not seen, **words)

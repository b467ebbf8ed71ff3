"""Changing what was logged. What somebody of the client has seen leaves a trace that the client sees too."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Member
from worklog.actions import kinds
from worklog.actions.logging import annotate, check, subject_of
from worklog.actions.looking import was_seen
from worklog.actions.months import hold_open
from worklog.events import CORRECTED, REMOVED
from worklog.models import WorkCorrection, WorkEntry

MINUTE = timedelta(minutes=1)
PLAIN = ("text", "minutes", "started_at", "ended_at", "charge")
TOLD = ("text", "minutes", "charge", "kind", "project", "spent_on")
"""What of an entry the trace tells, as words."""


@transaction.atomic
def correct(entry: WorkEntry, *, by: Member, reason: str = "", **words: Any) -> WorkEntry:
    """Say something else from now on. words: text, kind (a name), project, spent_on, minutes, started_at, ended_at, charge.

    Raises `MonthClosed` when the entry would move into a month that is closed.
    """
    with tenant(entry.agency_id):
        row = locked(entry, by)
        before = _told(row)
        check(by, row.client, words.get("project", row.project), row.member if by.is_specialist else by)
        hold_open(row.client, [words.get("spent_on", row.spent_on)], by=by)
        for name in (name for name in (*PLAIN, "project", "spent_on") if name in words):
            setattr(row, name, words[name])
        if "kind" in words:
            row.kind = kinds.named(row.client.agency, words["kind"])
        if row.started_at and row.ended_at and row.minutes * MINUTE > row.ended_at - row.started_at:
            row.started_at = row.ended_at = None  # longer than from then to then: only the minutes are known
        if _told(row) != before or any(name in words for name in PLAIN):
            row.save()
            _trace(row, before, by=by, reason=reason)
    return row


@transaction.atomic
def remove(entry: WorkEntry, *, by: Member, reason: str = "") -> bool:
    """Away with it. What nobody outside has seen is gone; else it stays, with 0 minutes. Returns whether nothing is left."""
    with tenant(entry.agency_id):
        row = locked(entry, by)
        hold_open(row.client, [row.spent_on], by=by)
        if not was_seen(row):
            record(REMOVED, row, by=by, title=row.text, minutes=row.minutes)
            row.delete()
            return True
        before = _told(row)
        row.minutes, row.removed_at, row.removed_by = 0, timezone.now(), by
        row.save(update_fields=["minutes", "removed_at", "removed_by"])
        _trace(row, before, by=by, reason=reason)
    return False


@transaction.atomic
def renote(entry: WorkEntry, text: str, *, by: Member) -> None:
    """The internal note from now on; only the agency's people write and read it."""
    if by.is_specialist:
        with tenant(entry.agency_id):
            annotate([locked(entry, by)], text, by=by)


@transaction.atomic
def waive_protocol(entry: WorkEntry, *, by: Member) -> None:
    """Its author says that this talk needs no protocol."""
    with tenant(entry.agency_id):
        row = WorkEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
        if row.agency_id != by.agency_id or row.member_id != by.pk:
            raise PermissionDenied
        row.waived_at = timezone.now()
        row.save(update_fields=["waived_at"])


@transaction.atomic
def belong(entry: WorkEntry | None, subject: models.Model, *, by: Member) -> None:
    """The entry is for this, unless it is for something already. Its author says so; nothing happens without an entry."""
    if entry is None:
        return
    with tenant(entry.agency_id):
        rows = WorkEntry.objects.filter(agency_id=by.agency_id, pk=entry.pk, member=by, subject_id=None)
        subject_type, subject_id = subject_of(subject)
        rows.update(subject_type=subject_type, subject_id=subject_id)


def locked(entry: WorkEntry, by: Member) -> WorkEntry:
    """The row, for whoever may edit it. Call with the agency's sight."""
    rows = WorkEntry.objects.select_related("client__agency", "kind", "project", "member__vendor", "vendor")
    row = rows.select_for_update(of=("self",)).get(pk=entry.pk)
    if row.agency_id != by.agency_id or not row.can_be_edited_by(by):
        raise PermissionDenied
    return row


def _told(row: WorkEntry) -> dict[str, Any]:
    names = {"kind": row.kind.name, "project": row.project.name if row.project else ""}
    names |= {"spent_on": row.spent_on.isoformat(), "charge": str(row.charge)}
    return {name: names.get(name, getattr(row, name)) for name in TOLD}


def _trace(row: WorkEntry, before: dict[str, Any], *, by: Member, reason: str) -> None:
    """Old and new words, for the client too if somebody of it knew the old ones."""
    now = _told(row)
    changed = [name for name in TOLD if now[name] != before[name]]
    if not changed:
        return
    if seen := was_seen(row):
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
    told = {"entry": row.pk, "title": row.text, "minutes": row.minutes, "was": before["minutes"]}
    record(CORRECTED, row, by=by, internal=not seen, **told)

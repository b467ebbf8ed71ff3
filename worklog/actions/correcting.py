"""Changing what was logged. What somebody of the client has seen leaves a trace that the client sees too."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event
from portal.events.record import record
from portal.files.models import File
from portal.notifications.models import Notification
from portal.tenancy.models import Member
from worklog.actions import kinds
from worklog.actions.explaining import begin_silence_anew
from worklog.actions.logging import annotate, check, subject_of
from worklog.actions.looking import was_seen
from worklog.actions.months import hold_open
from worklog.actions.tracing import hold_back, told, trace
from worklog.days import MINUTE, zone_of
from worklog.events import REMOVED
from worklog.models import WorkEntry, WorkResult

PLAIN = ("text", "minutes", "started_at", "ended_at", "charge")


@transaction.atomic
def correct(entry: WorkEntry, *, by: Member, reason: str = "", **words: Any) -> WorkEntry:
    """Say something else from now on. words: text, kind (a name), project, spent_on, minutes, started_at, ended_at, charge,
    subject (what it was for, as in `log`).

    What the rules hold back of new entries, they hold back of other words too. Raises `MonthClosed` when the entry lies in a
    month that is closed, or would move into one.
    """
    with tenant(entry.agency_id):
        row = locked(entry, by, words.get("spent_on", entry.spent_on))
        before, seen, day, was_in = told(row), was_seen(row), row.spent_on, row.project_id
        check(by, row.client, words.get("project", row.project), row.member if by.is_specialist else by)
        for name in (name for name in (*PLAIN, "project", "spent_on") if name in words):
            setattr(row, name, words[name])
        if "subject" in words:
            row.subject_type, row.subject_id = words["subject"] or ("", None)
        if "kind" in words:
            row.kind = kinds.named(row.client.agency, words["kind"])
        if _is_no_span(row, is_new="started_at" in words):
            row.started_at = row.ended_at = None  # only the minutes are known
        if told(row) != before:
            hold_back(row, by=by, seen=seen, has_moved=row.spent_on != day)
        if told(row) != before or any(name in words for name in (*PLAIN, "project", "subject")):
            row.save()
            if row.project_id != was_in:
                _move_along(row)
            trace(row, before, told(row), by=by, reason=reason, seen=seen)
        if told(row) != before:
            begin_silence_anew(row)
    return row


@transaction.atomic
def remove(entry: WorkEntry, *, by: Member, reason: str = "") -> bool:
    """Away with it. What nobody outside has seen is gone; else it stays, with 0 minutes. Returns whether nothing is left."""
    with tenant(entry.agency_id):
        row = locked(entry, by)
        if not was_seen(row):
            record(REMOVED, row, by=by, title=row.text, minutes=row.minutes)
            _delete(row)
            return True
        before = told(row)
        row.minutes, row.removed_at, row.removed_by = 0, timezone.now(), by
        row.save(update_fields=["minutes", "removed_at", "removed_by"])
        trace(row, before, told(row), by=by, reason=reason, seen=True)
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


def locked(entry: WorkEntry, by: Member, *days: date) -> WorkEntry:
    """The row, for whoever may edit it. Its month, and those of these days, are closed by nobody until the end of the transaction.

    Call with the agency's sight. Raises `MonthClosed`.
    """
    hold_open(entry.client, {entry.spent_on, *days}, by=by)
    rows = WorkEntry.objects.select_related(
        "client__agency", "kind", "project", "member__vendor", "member__user", "member__agency", "vendor"
    )
    row = rows.select_for_update(of=("self",)).get(pk=entry.pk)
    if row.agency_id != by.agency_id or not row.can_be_edited_by(by):
        raise PermissionDenied
    return row


def _is_no_span(row: WorkEntry, *, is_new: bool) -> bool:
    """Longer than from then to then; or said now, and of another day by the clock of whoever worked."""
    if row.started_at is None or row.ended_at is None:
        return False
    is_elsewhere = row.started_at.astimezone(zone_of(row.member)).date() != row.spent_on
    return row.minutes * MINUTE > row.ended_at - row.started_at or (is_new and is_elsewhere)


def _move_along(row: WorkEntry) -> None:
    """Files, events and notifications follow the entry to its project, or whoever knows the other one alone would keep them."""
    files = WorkResult.objects.filter(entry=row, file__isnull=False).values("file_id")
    File.objects.filter(agency_id=row.agency_id, pk__in=files).update(project=row.project)
    subject_type, subject_id = subject_of(row)
    about = {"agency_id": row.agency_id, "subject_type": subject_type, "subject_id": subject_id}
    for model in (Event, Notification):
        model.objects.filter(**about).update(project_id=row.project_id)


def _delete(row: WorkEntry) -> None:
    """The row, what hangs on it, and its files."""
    files = list(WorkResult.objects.filter(entry=row, file__isnull=False).values_list("file_id", flat=True))
    agency_id = row.agency_id
    row.delete()
    File.objects.filter(agency_id=agency_id, pk__in=files).delete()

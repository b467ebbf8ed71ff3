"""Results: what came of the work, kept with its hash."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event
from portal.files.actions import store
from portal.files.models import File
from portal.tenancy.models import Member
from worklog.actions.correcting import locked
from worklog.actions.looking import was_seen
from worklog.actions.tracing import hold_back, trace
from worklog.models import WorkEntry, WorkResult


@transaction.atomic
def add(
    entry: WorkEntry,
    *,
    by: Member,
    title: str = "",
    link: str = "",
    text: str = "",
    event: Event | None = None,
    uploads: Iterable[UploadedFile] = (),
) -> list[WorkResult]:
    """Add a link, a text, files. event: it is shown with this entry of the timeline. Raises `FileRefused`, `StorageTrouble`.

    Where entries are approved, it waits for that; an entry that the client knows stays in sight, without it.
    """
    with tenant(entry.agency_id):
        row = locked(entry, by)
        seen = was_seen(row)
        waits = hold_back(row, by=by, seen=seen)
        held_at = timezone.now() if waits and seen else None
        about = {"agency_id": row.agency_id, "entry": row, "added_by": by, "event": event, "held_at": held_at}
        made = [WorkResult(**about, title=title, link=link, sha256=_hash(link))] if link else []
        made += [WorkResult(**about, title=title, text=text, sha256=_hash(text))] if text else []
        place: dict[str, Any] = {"client": row.client, "area": "work", "project": row.project, "by": by}
        for upload in uploads:
            file = store(upload, event=event, **place)
            made.append(WorkResult(**about, title=title or file.name[:200], file=file, sha256=file.sha256))
        return WorkResult.objects.bulk_create(made)


@transaction.atomic
def drop(result: WorkResult, *, by: Member) -> None:
    """Away with it, and with its file. What the client has seen leaves a trace with the hash."""
    with tenant(result.agency_id):
        row, file_id = locked(result.entry, by), result.file_id
        hold_back(row, by=by, seen=was_seen(row))
        if _was_seen(result, row):
            words = f"{result}, SHA-256 {result.sha256}"
            trace(row, {"result": words}, {"result": ""}, by=by, seen=True)
        result.delete()
        File.objects.filter(agency_id=by.agency_id, pk=file_id).delete()


def _was_seen(result: WorkResult, row: WorkEntry) -> bool:
    """Whether somebody of the client has looked since the result was to be seen."""
    shown = [result.let_at or result.added_at, *([result.event.visible_from] if result.event else [])]
    if result.held_at or max(shown) > timezone.now():
        return False
    return was_seen(row, since=max(shown))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()

"""Writing protocols: drafts, publication, changes; every change of what is published makes a version."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language

from portal.core.context import tenant
from portal.events.record import record
from portal.tenancy.models import Client, Member
from protocols.actions.attending import keep_guests, keep_people
from protocols.actions.doing import keep_action_items
from protocols.actions.filing import keep_files, move_along
from protocols.models import (
    AgendaItem,
    InternalNote,
    Meeting,
    Protocol,
    Version,
    can_be_filed_by,
    can_be_written_by,
)
from protocols.notice import corrections_until
from protocols.versions import says_the_same, snapshot_of

MOST_ITEMS = 60
"""Agenda items of one protocol."""


class AgendaFull(Exception):
    """There is no room for another item."""


class Conflict(Exception):
    """Somebody saved in between; `current` is what stands now."""

    def __init__(self, current: Protocol):
        super().__init__()
        self.current = current


class ItemConflict(Exception):
    """The same for one agenda item."""

    def __init__(self, item: AgendaItem):
        super().__init__()
        self.item = item


@dataclass(frozen=True)
class Point:
    """An agenda item as it was typed; pk is None for a new one."""

    title: str
    notes: str = ""
    pk: int | None = None
    planned_minutes: int | None = None
    brought_by: Member | None = None


@dataclass(frozen=True)
class Contents:
    """What a form holds beside the protocol's own columns. None leaves things as they are.

    absent: who was invited and did not come; uninvited: who came all the same, None leaves that as it is noted; others: names
    of people without an account.
    """

    points: list[Point] | None = None
    present: Iterable[Member] | None = None
    absent: Iterable[Member] = field(default=())
    uninvited: Iterable[Member] | None = None
    others: Iterable[str] = field(default=())
    internal_note: str | None = None


NOTHING = Contents()


@transaction.atomic
def write(
    client: Client,
    *,
    by: Member,
    uploads: Iterable[UploadedFile] = (),
    publish: bool,
    contents: Contents = NOTHING,
    meeting: Meeting | None = None,
    **fields: Any,
) -> Protocol:
    """A new protocol, as a draft or published at once. `fields`: the protocol's own columns."""
    if not (can_be_written_by(by, client) and can_be_filed_by(by, client, fields.get("project"))):
        raise PermissionDenied
    protocol = Protocol.objects.create(
        agency_id=client.agency_id,
        client=client,
        number=_next_number(client),
        author=by,
        side=by.side,
        meeting=meeting,
        language=get_language() or "en",
        **fields,
    )
    _keep_contents(protocol, contents, by=by)
    keep_files(protocol, uploads, by=by)
    return _published(protocol, by=by) if publish else protocol


@transaction.atomic
def edit(
    protocol: Protocol,
    *,
    by: Member,
    seen_at: datetime,
    uploads: Iterable[UploadedFile] = (),
    publish: bool = False,
    contents: Contents = NOTHING,
    **fields: Any,
) -> Protocol:
    """Change a protocol as it stood at `seen_at`; raises `Conflict` when it has been saved since."""
    protocol = _locked(protocol, by)
    if protocol.edited_at != seen_at:
        raise Conflict(protocol)
    project = fields.get("project", protocol.project)
    is_moved = project != protocol.project
    if is_moved and not can_be_filed_by(by, protocol.client, project):
        raise PermissionDenied
    for name, value in fields.items():
        setattr(protocol, name, value)
    protocol.edited_at = timezone.now()
    protocol.save(update_fields=[*fields, "edited_at"])
    if is_moved:
        move_along(protocol)
    _keep_contents(protocol, contents, by=by)
    keep_files(protocol, uploads, by=by)
    if protocol.is_published:
        return _changed(protocol, by=by)
    return _published(protocol, by=by) if publish else protocol


@transaction.atomic
def publish(protocol: Protocol, *, by: Member) -> Protocol:
    """Show a draft to everybody of the client. A second call changes nothing."""
    protocol = _locked(protocol, by)
    return protocol if protocol.is_published else _published(protocol, by=by)


@transaction.atomic
def save_item(item: AgendaItem, *, by: Member, seen: int, **fields: Any) -> AgendaItem:
    """Change one agenda item (title, notes) as it stood at revision `seen`; raises `ItemConflict` when it is not the last."""
    protocol = _locked(item.protocol, by)
    item = AgendaItem.objects.select_for_update().get(pk=item.pk)
    if item.revision != seen:
        raise ItemConflict(item)
    for name, value in fields.items():
        setattr(item, name, value)
    item.revision, item.edited_at, item.edited_by = seen + 1, timezone.now(), by
    item.save(update_fields=[*fields, "revision", "edited_at", "edited_by"])
    _touch(protocol)
    if protocol.is_published:
        _changed(protocol, by=by)
    return item


@transaction.atomic
def add_item(protocol: Protocol, *, by: Member, title: str) -> AgendaItem:
    """One more agenda item at the end. Raises `AgendaFull`: of more the form could save nothing any more."""
    protocol = _locked(protocol, by)
    if protocol.items.count() >= MOST_ITEMS:
        raise AgendaFull
    last = protocol.items.aggregate(last=Max("position"))["last"] or 0
    item = AgendaItem.objects.create(
        agency_id=protocol.agency_id, protocol=protocol, position=last + 1, title=title, edited_by=by, brought_by=by
    )
    _touch(protocol)
    if protocol.is_published:
        _changed(protocol, by=by)
    return item


@transaction.atomic
def keep_internal_note(protocol: Protocol, *, by: Member, text: str) -> None:
    """What only the agency sees; anybody of its people who writes."""
    if not (by.is_specialist and by.can_write_for(protocol.client)):
        raise PermissionDenied
    InternalNote.objects.update_or_create(
        agency_id=protocol.agency_id,
        protocol=protocol,
        defaults={"text": text, "edited_at": timezone.now(), "edited_by": by},
    )


def _locked(protocol: Protocol, by: Member) -> Protocol:
    rows = Protocol.objects.select_for_update(of=("self",)).select_related("client__agency", "author", "project")
    protocol = rows.get(pk=protocol.pk)
    if not protocol.can_be_edited_by(by):
        raise PermissionDenied
    return protocol


def _touch(protocol: Protocol) -> None:
    protocol.edited_at = timezone.now()
    protocol.save(update_fields=["edited_at"])


def _next_number(client: Client) -> int:
    """Counted with the agency's sight, because drafts of others count too; the client's row is the lock."""
    with tenant(client.agency_id):
        Client.objects.select_for_update(no_key=True).get(pk=client.pk)
        return (Protocol.objects.of(client).aggregate(last=Max("number"))["last"] or 0) + 1


def _published(protocol: Protocol, *, by: Member) -> Protocol:
    protocol.published_at = timezone.now()
    protocol.save(update_fields=["published_at"])
    _new_version(protocol, by=by, content=snapshot_of(protocol))
    keep_action_items(protocol, by=by)
    record("protocol.published", protocol, by=by, **words_of(protocol))
    return protocol


def _changed(protocol: Protocol, *, by: Member) -> Protocol:
    """A version, unless nothing that readers see has changed; the time for corrections begins anew."""
    content = snapshot_of(protocol)
    last = protocol.versions.first()
    if last and says_the_same(last.content, content):
        return protocol
    _new_version(protocol, by=by, content=content)
    keep_action_items(protocol, by=by)
    record("protocol.changed", protocol, by=by, version=protocol.version, **words_of(protocol))
    return protocol


def _new_version(protocol: Protocol, *, by: Member, content: dict[str, Any]) -> None:
    protocol.version += 1
    protocol.correct_until = corrections_until(protocol, timezone.now())
    protocol.save(update_fields=["version", "correct_until"])
    Version.objects.create(
        agency_id=protocol.agency_id, protocol=protocol, number=protocol.version, content=content, saved_by=by
    )


def words_of(protocol: Protocol) -> dict[str, Any]:
    """What titles and links of events read."""
    return {"number": protocol.number, "title": protocol.title, "kind": protocol.kind}


def _keep_contents(protocol: Protocol, contents: Contents, *, by: Member) -> None:
    if contents.points is not None:
        _keep_points(protocol, contents.points, by=by)
    if contents.present is not None:
        keep_people(protocol, contents.present, contents.absent, contents.uninvited)
        keep_guests(protocol, contents.others)
    if contents.internal_note is not None and by.is_specialist:
        keep_internal_note(protocol, by=by, text=contents.internal_note)


def _keep_points(protocol: Protocol, points: list[Point], *, by: Member) -> None:
    """The agenda as typed: in this order, without those that are missing."""
    kept = {item.pk: item for item in protocol.items.all()}
    for position, point in enumerate(points, 1):
        item = kept.pop(point.pk or 0, None) or AgendaItem(
            agency_id=protocol.agency_id, protocol=protocol, brought_by=point.brought_by
        )
        if item.pk and (item.title, item.notes, item.position) == (point.title, point.notes, position):
            continue
        item.revision += bool(item.pk) and (item.title, item.notes) != (point.title, point.notes)
        item.title, item.notes, item.position = point.title, point.notes, position
        item.planned_minutes = item.planned_minutes if item.pk else point.planned_minutes
        item.edited_at, item.edited_by = timezone.now(), by
        item.save()
    AgendaItem.objects.filter(pk__in=kept).delete()

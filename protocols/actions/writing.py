"""Every write on protocols. What a reader is told of follows from the events' kinds."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.core.context import tenant
from portal.events.record import record
from portal.files.actions import store_all
from portal.files.models import File
from portal.tenancy.models import Client, Member
from protocols.models import Comment, Protocol, ProtocolFile, ProtocolRead, can_be_written_by


class Conflict(Exception):
    """Somebody saved in between; `current` is what stands now."""

    def __init__(self, current: Protocol):
        super().__init__()
        self.current = current


@transaction.atomic
def write(
    client: Client, *, by: Member, uploads: Iterable[UploadedFile] = (), publish: bool, **fields: Any
) -> Protocol:
    """A new protocol, as a draft or published at once. `fields`: those of the form."""
    if not can_be_written_by(by, client):
        raise PermissionDenied
    protocol = Protocol.objects.create(
        agency_id=client.agency_id, client=client, number=_next_number(client), author=by, side=by.side, **fields
    )
    _keep_files(protocol, uploads, by=by)
    return _published(protocol, by=by) if publish else protocol


@transaction.atomic
def edit(
    protocol: Protocol,
    *,
    by: Member,
    seen_at: datetime,
    uploads: Iterable[UploadedFile] = (),
    publish: bool = False,
    **fields: Any,
) -> Protocol:
    """Change a protocol as it stood at `seen_at`; raises `Conflict` when it has been saved since."""
    protocol = _locked(protocol)
    if not protocol.can_be_edited_by(by):
        raise PermissionDenied
    if protocol.edited_at != seen_at:
        raise Conflict(protocol)
    is_moved = fields.get("project", protocol.project) != protocol.project
    for name, value in fields.items():
        setattr(protocol, name, value)
    protocol.edited_at = timezone.now()
    protocol.save(update_fields=[*fields, "edited_at"])
    if is_moved:
        _move_files(protocol)
    _keep_files(protocol, uploads, by=by)
    return _published(protocol, by=by) if publish and not protocol.is_published else protocol


@transaction.atomic
def publish(protocol: Protocol, *, by: Member) -> Protocol:
    """Show a draft to everybody of the client. A second call changes nothing."""
    protocol = _locked(protocol)
    if not protocol.can_be_edited_by(by):
        raise PermissionDenied
    return protocol if protocol.is_published else _published(protocol, by=by)


@transaction.atomic
def comment(protocol: Protocol, *, by: Member, text: str, uploads: Iterable[UploadedFile] = ()) -> Comment:
    """Ask, correct, suggest; with files or as files alone."""
    if not protocol.can_be_commented_by(by):
        raise PermissionDenied
    said = Comment.objects.create(agency_id=protocol.agency_id, protocol=protocol, author=by, text=text)
    _keep_files(protocol, uploads, by=by, comment=said)
    record("protocol.commented", protocol, by=by, comment=said.pk, **_words(protocol))
    return said


@transaction.atomic
def attach(protocol: Protocol, *, by: Member, uploads: Iterable[UploadedFile]) -> None:
    """Add further documents."""
    if not protocol.can_be_commented_by(by):
        raise PermissionDenied
    _keep_files(protocol, uploads, by=by)
    record("protocol.extended", protocol, by=by, **_words(protocol))


def mark_read(protocol: Protocol, *, by: Member) -> None:
    """Remember that the member opened it; two tabs at once make one row."""
    row = ProtocolRead(agency_id=protocol.agency_id, protocol=protocol, member=by)
    ProtocolRead.objects.bulk_create([row], ignore_conflicts=True)


def _locked(protocol: Protocol) -> Protocol:
    rows = Protocol.objects.select_for_update(of=("self",)).select_related("client", "author")
    return rows.get(pk=protocol.pk)


def _next_number(client: Client) -> int:
    """Counted with the agency's sight, because drafts of others count too; the client's row is the lock."""
    with tenant(client.agency_id):
        Client.objects.select_for_update(no_key=True).get(pk=client.pk)
        return (Protocol.objects.of(client).aggregate(last=Max("number"))["last"] or 0) + 1


def _published(protocol: Protocol, *, by: Member) -> Protocol:
    protocol.published_at = timezone.now()
    protocol.save(update_fields=["published_at"])
    record("protocol.published", protocol, by=by, **_words(protocol))
    return protocol


def _words(protocol: Protocol) -> dict[str, Any]:
    return {"number": protocol.number, "title": protocol.title, "kind": protocol.kind}


def _keep_files(
    protocol: Protocol, uploads: Iterable[UploadedFile], *, by: Member, comment: Comment | None = None
) -> None:
    files = store_all(uploads, client=protocol.client, area="work", project=protocol.project, by=by)
    ProtocolFile.objects.bulk_create(
        ProtocolFile(agency_id=protocol.agency_id, protocol=protocol, comment=comment, file=file, added_by=by)
        for file in files
    )


def _move_files(protocol: Protocol) -> None:
    """Files follow the protocol to its project, or a vendor would keep them."""
    mine = ProtocolFile.objects.of(protocol).values("file_id")
    File.objects.filter(agency_id=protocol.agency_id, pk__in=mine).update(project=protocol.project)

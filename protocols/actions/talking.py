"""What is said about a protocol, and who has read it."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from portal.events.record import record
from portal.tenancy.models import Member
from protocols.actions.filing import keep_files
from protocols.actions.writing import words_of
from protocols.models import Comment, Protocol, ProtocolRead


@transaction.atomic
def comment(
    protocol: Protocol,
    *,
    by: Member,
    text: str,
    uploads: Iterable[UploadedFile] = (),
    is_correction: bool = False,
    about: str = "",
    by_mail: bool = False,
) -> Comment:
    """Ask, correct, suggest; with files or as files alone. A correction keeps the protocol from being agreed until it is settled."""
    protocol = Protocol.objects.select_for_update(of=("self",)).select_related("client", "project").get(pk=protocol.pk)
    may = protocol.can_be_corrected_by(by) if is_correction else protocol.can_be_commented_by(by)
    if not may:
        raise PermissionDenied
    said = Comment.objects.create(
        agency_id=protocol.agency_id,
        protocol=protocol,
        author=by,
        text=text,
        is_correction=is_correction,
        about=about[:220] if is_correction else "",
        by_mail=by_mail,
    )
    keep_files(protocol, uploads, by=by, comment=said)
    kind = "protocol.corrected" if is_correction else "protocol.commented"
    record(kind, protocol, by=by, comment=said.pk, **words_of(protocol))
    return said


@transaction.atomic
def settle(said: Comment, *, by: Member, is_taken_in: bool, answer: str = "") -> Comment:
    """A correction has been taken into the text, or is answered in words. A second call changes nothing."""
    said = Comment.objects.select_for_update(of=("self",)).select_related("protocol__client").get(pk=said.pk)
    if said.is_correction and said.settled_at:
        return said
    if not said.can_be_settled_by(by) or (is_taken_in and not said.may_be_taken_in()):
        raise PermissionDenied
    said.settled_at, said.settled_by, said.answer = timezone.now(), by, answer
    said.settled_version = said.protocol.version if is_taken_in else None
    said.save(update_fields=["settled_at", "settled_by", "settled_version", "answer"])
    record("protocol.settled", said.protocol, by=by, comment=said.pk, **words_of(said.protocol))
    return said


@transaction.atomic
def attach(protocol: Protocol, *, by: Member, uploads: Iterable[UploadedFile]) -> None:
    """Add further documents."""
    if not protocol.can_be_commented_by(by):
        raise PermissionDenied
    keep_files(protocol, uploads, by=by)
    record("protocol.extended", protocol, by=by, **words_of(protocol))


def mark_read(protocol: Protocol, *, by: Member) -> None:
    """Remember that the member opened it as it stands now; two tabs at once make one row."""
    row = ProtocolRead(agency_id=protocol.agency_id, protocol=protocol, member=by)
    once = ["agency", "protocol", "member"]
    ProtocolRead.objects.bulk_create([row], update_conflicts=True, unique_fields=once, update_fields=["read_at"])

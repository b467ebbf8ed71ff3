"""Files of protocols and of what is said about them."""

from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile

from portal.files.actions import store_all
from portal.files.models import File
from portal.tenancy.models import Member
from protocols.models import Comment, Protocol, ProtocolFile


def keep_files(
    protocol: Protocol, uploads: Iterable[UploadedFile], *, by: Member, comment: Comment | None = None
) -> None:
    """Store uploads and hang them on the protocol, or on a comment of it."""
    link_files(
        protocol, store_all(uploads, client=protocol.client, area="work", project=protocol.project, by=by), by, comment
    )


def link_files(protocol: Protocol, files: Iterable[File], by: Member, comment: Comment | None = None) -> None:
    """Hang stored files on the protocol."""
    ProtocolFile.objects.bulk_create(
        ProtocolFile(agency_id=protocol.agency_id, protocol=protocol, comment=comment, file=file, added_by=by)
        for file in files
    )


def move_files(protocol: Protocol) -> None:
    """Files follow the protocol to its project, or a vendor would keep them."""
    mine = ProtocolFile.objects.of(protocol).values("file_id")
    File.objects.filter(agency_id=protocol.agency_id, pk__in=mine).update(project=protocol.project)

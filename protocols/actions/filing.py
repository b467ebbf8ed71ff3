"""Files of protocols and of what is said about them."""

from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from portal.core.context import tenant
from portal.events.models import Event
from portal.files.actions import store_all
from portal.files.models import File
from portal.notifications.models import Notification
from portal.tenancy.models import Member
from protocols.models import ActionItem, Comment, Meeting, MeetingSeries, Protocol, ProtocolFile


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


def move_along(protocol: Protocol) -> None:
    """Files, action items, events and notifications follow the protocol to its project, or a vendor would keep them.

    Moved with the agency's sight: whoever wrote the protocol does not see what others were told.
    """
    with tenant(protocol.agency_id):
        mine = ProtocolFile.objects.of(protocol).values("file_id")
        File.objects.filter(agency_id=protocol.agency_id, pk__in=mine).update(project=protocol.project)
        items = ActionItem.objects.filter(agency_id=protocol.agency_id, protocol=protocol)
        items.update(project=protocol.project)
        about = Q(subject_type=Protocol._meta.label_lower, subject_id=protocol.pk)
        about |= Q(subject_type=ActionItem._meta.label_lower, subject_id__in=items.values("pk"))
        move_told(about, protocol)


def move_told(about: Q, row: Protocol | Meeting | MeetingSeries) -> None:
    """What was told about these things is seen from now on where the row is seen. Call with the agency's sight."""
    for model in (Event, Notification):
        model.objects.filter(about, agency_id=row.agency_id).update(project_id=row.project_id)

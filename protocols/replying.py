"""An answer to the mail about a protocol becomes a comment of whoever was asked, with the files that may be kept."""

from collections.abc import Iterable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.translation import gettext as _

from portal.files.checking import FileRefused, check
from portal.mail.models import InboundMail
from portal.mail.parsed import Attachment
from portal.tenancy.models import Member
from protocols.actions import comment
from protocols.models import Protocol

PURPOSE = "protocol"
LONGEST = 20_000
"""Characters of a comment; the whole mail is kept as it came."""


def may(member: Member, protocol_id: int) -> bool:
    """Whether the member could comment on it now."""
    protocol = _visible_to(member).filter(pk=protocol_id).first()
    return protocol is not None and protocol.can_be_commented_by(member)


def take(member: Member, protocol_id: int, text: str, attachments: list[Attachment], inbound: InboundMail) -> None:
    """Comment in the member's name. Raises DoesNotExist or PermissionDenied when it is not open any more."""
    protocol = _visible_to(member).get(pk=protocol_id)
    with translation.override(member.user.language or member.agency.language):
        uploads, refusals = _sorted(attachments)
        try:
            comment(protocol, by=member, text=_words(text, refusals), uploads=uploads, by_mail=True)
        except FileRefused as refused:  # the scanner has found something; nothing of that mail but its words
            comment(protocol, by=member, text=_words(text, [*refusals, *refused.messages]), by_mail=True)


def _words(text: str, refusals: list[str]) -> str:
    notes = [_("Not taken from the mail: %(why)s") % {"why": why} for why in refusals]
    return "\n\n".join([text[:LONGEST], *notes]).strip()


def _visible_to(member: Member):
    return Protocol.objects.visible_to(member).select_related("client", "project")


def _sorted(attachments: Iterable[Attachment]) -> tuple[list[SimpleUploadedFile], list[str]]:
    """Files that may be kept, and why the others may not."""
    uploads, refusals = [], []
    for part in attachments:
        upload = SimpleUploadedFile(part.name, part.content, part.content_type)
        try:
            check(part.name, upload, size=len(part.content))
        except FileRefused as refused:
            refusals.append(" ".join(refused.messages))
        else:
            upload.seek(0)
            uploads.append(upload)
    return uploads, refusals

"""An answer to the mail about a protocol becomes a comment of whoever was asked, with the files that may be kept."""

from django.utils import translation

from portal.files.checking import FileRefused
from portal.mail.models import InboundMail
from portal.mail.parsed import Attachment
from portal.mail.uploads import sorted_files, words
from portal.tenancy.models import Member
from protocols.actions import comment
from protocols.models import Protocol

PURPOSE = "protocol"


def may(member: Member, protocol_id: int) -> bool:
    """Whether the member could comment on it now."""
    protocol = _visible_to(member).filter(pk=protocol_id).first()
    return protocol is not None and protocol.can_be_commented_by(member)


def take(member: Member, protocol_id: int, text: str, attachments: list[Attachment], inbound: InboundMail) -> None:
    """Comment in the member's name. Raises DoesNotExist or PermissionDenied when it is not open any more."""
    protocol = _visible_to(member).get(pk=protocol_id)
    with translation.override(member.user.language or member.agency.language):
        uploads, refusals = sorted_files(attachments)
        try:
            comment(protocol, by=member, text=words(text, refusals), uploads=uploads, by_mail=True)
        except FileRefused as refused:  # the scanner has found something; nothing of that mail but its words
            comment(protocol, by=member, text=words(text, [*refusals, *refused.messages]), by_mail=True)


def _visible_to(member: Member):
    return Protocol.objects.visible_to(member).select_related("client", "project")

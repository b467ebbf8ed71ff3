"""Files of mails as the pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import ngettext

from mailbox.models import Mail, MailAttachment
from portal.core.formats import format_bytes, format_date
from portal.files.previews import READERS


def files_line(count: int) -> str:
    """How many files come with it, "" for none."""
    return ngettext("%(count)d file", "%(count)d files", count) % {"count": count} if count else ""


@dataclass(frozen=True)
class File:
    """An attachment in the reading pane. hindrance: why it cannot be opened."""

    url: str
    name: str
    size: int
    icon: str
    hindrance: str


def file_of(attachment: MailAttachment, client_slug: str, member) -> File:
    """A file of a mail, with the address that shows it."""
    file = attachment.file
    view = "mailbox:preview" if file.media_type in READERS else "mailbox:attachment"
    return File(
        url=reverse(view, args=[client_slug, attachment.mail_id, attachment.pk]),
        name=file.name,
        size=file.size,
        icon=file.icon,
        hindrance=str(file.hindrance_for(member)),
    )


def can_be_downloaded(mail: Mail, attachments: Iterable[MailAttachment], member) -> bool:
    """The original holds the files as they came: outsiders may have it when each of them is open to them."""
    if mail.inbound_id is None:
        return False
    return member.is_specialist or not any(each.file.hindrance_for(member) for each in attachments)


@dataclass(frozen=True)
class FileRow:
    """One line of the list of files."""

    file: File
    download_url: str
    kind: str
    size: str
    sender: str
    subject: str
    mail_url: str
    when: str
    moment: str


def file_row(attachment: MailAttachment, client_slug: str, member) -> FileRow:
    """A file and the mail with which it came."""
    mail, file = attachment.mail, file_of(attachment, client_slug, member)
    return FileRow(
        file=file,
        download_url=reverse("mailbox:attachment", args=[client_slug, mail.pk, attachment.pk])
        if not file.hindrance
        else "",
        kind=file.name.rpartition(".")[2].upper()[:6] if "." in file.name else "",
        size=format_bytes(file.size),
        sender=mail.sender,
        subject=str(mail),
        mail_url=reverse("mailbox:detail", args=[client_slug, mail.pk]),
        when=format_date(attachment.received_at),
        moment=attachment.received_at.isoformat(),
    )

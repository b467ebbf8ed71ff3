"""What of a mail becomes a comment or a thing of its own: its words, and those of its files that may be kept."""

from collections.abc import Iterable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from portal.files.checking import FileRefused, check
from portal.mail.parsed import Attachment

LONGEST = 20_000
"""Characters; the whole mail is kept as it came."""


def words(text: str, refusals: Iterable[str]) -> str:
    """The text, and what of the mail could not be taken."""
    notes = [_("Not taken from the mail: %(why)s") % {"why": why} for why in refusals]
    return "\n\n".join([text[:LONGEST], *notes]).strip()


def sorted_files(attachments: Iterable[Attachment]) -> tuple[list[SimpleUploadedFile], list[str]]:
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

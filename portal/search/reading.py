"""The words of files: PDF, docx, xlsx, pptx and texts, read by the bounded process that also makes previews."""

from django.core.files.storage import default_storage
from django.db import transaction

from portal.files.models import File
from portal.files.previews import Preview, words
from portal.files.storage import TROUBLE
from portal.search.models import FileText

MOST = 100_000
"""Letters that are kept of one file; the index holds no more."""
AT_ONCE = 200


def read(file_id: int) -> None:
    """Keep the words of one file; a second call changes nothing. When the storage is away the sweeper comes again."""
    with transaction.atomic():
        file = File.objects.filter(pk=file_id).first()
        if file is None or FileText.objects.filter(file=file).exists():
            return
    try:
        with default_storage.open(file.key) as content:
            text = _text(words(content, file.media_type)) if not file.is_blocked else ""
    except TROUBLE:
        return
    with transaction.atomic():
        FileText.objects.bulk_create([FileText(agency_id=file.agency_id, file=file, text=text)], ignore_conflicts=True)


def unread() -> list[tuple[int, int, int]]:
    """(agency id, file id, 0) of files that nobody has read yet, the newest first. Reads through `maint`."""
    rows = FileText.objects.none().missing().order_by("-pk")
    return [(agency_id, pk, 0) for agency_id, pk in rows.values_list("agency_id", "pk")[:AT_ONCE]]


def _text(found: Preview) -> str:
    tables = [" ".join(cell for cell in row if cell) for sheet in found.sheets for row in sheet.rows]
    parts = [line for section in found.sections for line in (section.title, *section.lines)]
    return "\n".join([found.text, *tables, *parts]).replace("\0", " ").strip()[:MOST]

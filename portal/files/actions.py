"""Storing files: content first, verified, then the row; so no row ever points at nothing."""

import io
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from portal.files import antivirus
from portal.files.checking import FileRefused, check
from portal.files.models import File
from portal.files.storage import TROUBLE, fingerprint, is_intact, key_of, put
from portal.files.streams import Stream


def store(
    upload: UploadedFile, *, client, area: str, by, project=None, is_internal: bool = False, event=None, vendor=None
) -> File:
    """Keep what a person uploaded. Raises `FileRefused` or `StorageTrouble`, both with a message for the field."""
    place = {"client": client, "area": area, "project": project, "is_internal": is_internal}
    place |= {"event": event, "vendor": vendor}
    return _store(upload.name or "", upload, by=by, lenient=False, **place)


def store_all(uploads: Iterable[UploadedFile], **place) -> list[File]:
    """Keep several uploads (see `store`), all or none."""
    with transaction.atomic():
        return [store(upload, **place) for upload in uploads]


def store_bytes(
    name: str, content: bytes, *, client, area: str, by=None, project=None, is_internal=False, lenient=False
) -> File:
    """Keep what arrived otherwise. `lenient` (mails): everything is kept, what is dangerous is blocked."""
    place = {"client": client, "area": area, "project": project, "is_internal": is_internal}
    return _store(name, io.BytesIO(content), by=by, lenient=lenient, **place)


def copy_to(file: File, *, area: str, project=None) -> File:
    """The same content for another thing of the client; it is stored once, and what was found about it goes along."""
    names = ("agency_id", "client_id", "name", "media_type", "size", "sha256", "is_blocked", "uploaded_by_id")
    known = ("scan_verdict", "scan_finding", "scanned_at")
    words = {name: getattr(file, name) for name in (*names, *known)}
    return File.objects.create(area=area, project=project, **words)


def _store(name: str, file: Stream, *, client, by, lenient: bool, **place) -> File:
    sha256, size = fingerprint(file)
    checked = check(name, file, size=size, lenient=lenient)
    verdict = antivirus.scan(file)
    if checked.objection == "virus":
        verdict = antivirus.Verdict(antivirus.INFECTED, "EICAR")
    is_infected = verdict.state == antivirus.INFECTED
    if is_infected and not lenient:
        raise FileRefused("virus", checked.name)
    _put_once(client.agency_id, file, sha256, size)
    return File.objects.create(
        agency_id=client.agency_id,
        client=client,
        uploaded_by=by,
        name=checked.name,
        media_type=checked.media_type,
        size=size,
        sha256=sha256,
        is_blocked=checked.is_blocked or is_infected,
        scan_verdict=verdict.state,
        scan_finding=verdict.finding,
        scanned_at=timezone.now() if verdict.state in (antivirus.CLEAN, antivirus.INFECTED) else None,
        **place,
    )


def _put_once(agency_id: int, file: Stream, sha256: str, size: int) -> None:
    """Write the content, unless a row of this agency already vouches for it and it is whole."""
    key = key_of(agency_id, sha256)
    try:
        if File.objects.filter(agency_id=agency_id, sha256=sha256).exists() and is_intact(key, sha256, size):
            return
    except TROUBLE:
        pass  # writing will tell
    put(key, file, sha256, size)


@transaction.atomic
def rescan(file: File) -> File:
    """Ask the virus scanner again about a file that it could not judge; unchanged while it is away."""
    file = File.objects.select_for_update().get(pk=file.pk)
    if file.scan_verdict != antivirus.UNKNOWN:
        return file
    try:
        with default_storage.open(file.key) as stored:
            verdict = antivirus.scan(stored)
    except TROUBLE:
        return file
    if verdict.state != antivirus.UNKNOWN:
        file.scan_verdict, file.scan_finding, file.scanned_at = verdict.state, verdict.finding, timezone.now()
        file.is_blocked = file.is_blocked or verdict.state == antivirus.INFECTED
        file.save(update_fields=["scan_verdict", "scan_finding", "scanned_at", "is_blocked"])
    return file

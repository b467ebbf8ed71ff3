"""Where files lie: a directory or an S3-compatible store, addressed by content.

Both storages write all or nothing and answer trouble with `TROUBLE`, so that callers need not know which it is.
Keys: `<agency>/<first two digits of the sha256>/<sha256>` for files, `<agency>/previews/<sha256>/...` for previews.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast
from uuid import uuid4

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.base import File as Content
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.translation import gettext_lazy as _
from storages.backends.s3 import S3Storage

from portal.files.streams import Stream

TROUBLE = (OSError, BotoCoreError, ClientError)
CHUNK = 64 * 1024
# A store that does not answer must not hold a request: connecting, then each read. Checksums are our own (`put`);
# those that boto3 adds by itself are unknown to several S3-compatible stores.
CLIENT = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"total_max_attempts": 2, "mode": "standard"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class StorageTrouble(ValidationError):
    """The file could not be stored; nothing was kept. Forms show the message at the field."""

    def __init__(self) -> None:
        super().__init__(_("The file could not be saved. Please try again in a few minutes."), code="storage")


class DiskStorage(FileSystemStorage):
    """The file system. What stands under its final name is whole and on the disk, even after a crash."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_overwrite=True, **options)

    def _save(self, name: str, content: Content) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{uuid4().hex}.part")
        try:
            with unfinished.open("xb") as out:
                for chunk in content.chunks(CHUNK):
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        _sync_directory(path.parent)
        return name


def _sync_directory(path: Path) -> None:
    """Put the new name itself on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class ObjectStorage(S3Storage):
    """An S3-compatible store with timeouts. What it opens is fetched at once, so trouble shows in time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.client_config: Config = self.client_config.merge(CLIENT)

    def _save(self, name: str, content: Content) -> str:
        with _as_os_errors():
            return super()._save(name, content)

    def _open(self, name: str, mode: str = "rb") -> Content:
        with _as_os_errors():
            opened = super()._open(name, mode)
            opened.seek(0)
        return opened


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """What boto3 raises beside the errors of botocore, as something that callers know."""
    # Imported when it is needed: all of boto3 takes a third of a second.
    from boto3.exceptions import Boto3Error
    from s3transfer.exceptions import RetriesExceededError, S3DownloadFailedError

    try:
        yield
    except (Boto3Error, RetriesExceededError, S3DownloadFailedError) as error:
        raise OSError(str(error)) from error


def key_of(agency_id: int, sha256: str) -> str:
    """Where a content of an agency lies."""
    return f"{agency_id}/{sha256[:2]}/{sha256}"


def fingerprint(file: Stream) -> tuple[str, int]:
    """SHA-256 and size of a file from its beginning; it is left there."""
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    for chunk in iter(lambda: file.read(CHUNK), b""):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return digest.hexdigest(), size


def put(key: str, file: Stream, sha256: str, size: int) -> None:
    """Write a content and read it back. Raises `StorageTrouble` unless it lies there byte by byte."""
    file.seek(0)
    try:
        default_storage.save(key, Content(cast(IO[bytes], file), name=key))
        is_there = is_intact(key, sha256, size)
    except (*TROUBLE, SuspiciousFileOperation) as error:
        raise StorageTrouble from error
    if not is_there:
        raise StorageTrouble


def is_intact(key: str, sha256: str, size: int) -> bool:
    """Whether that content lies under the key, read to the last byte."""
    try:
        with default_storage.open(key) as stored:
            return fingerprint(stored) == (sha256, size)
    except FileNotFoundError:
        return False

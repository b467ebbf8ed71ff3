"""One archive with everything: a tar, sealed. The dump of the database, each file of the storage, and last the manifest.

The database and the counts in the manifest are of one moment (one exported snapshot). Files are read after it: what a row
of that moment names is there, because contents are only ever deleted a day after the last row that names them.
"""

import hashlib
import io
import json
import re
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from portal.files.storage import CHUNK
from portal.operation import census, postgres
from portal.operation.sealing import Broken, Opener, Sealer

DUMP = "database.dump"
FILES = "files/"
MANIFEST = "manifest.json"
_CONTENT = re.compile(r"\d+/[0-9a-f]{2}/([0-9a-f]{64})")
_MADE_AGAIN = re.compile(r"(\d+/previews|health)(/|$)|.*\.part$")
"""Previews are made when somebody looks; the others are what a running write or a health check has just laid down."""


@dataclass
class Manifest:
    """What is in the archive. rows: by table and agency; sha256: by name in the archive; damaged: keys, seen while writing."""

    release: str
    made_at: str
    migrations: list[str]
    rows: dict[str, dict[str, int]]
    chain: list[Any]
    sha256: dict[str, str] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)

    @property
    def files(self) -> int:
        """How many files of the storage are in it."""
        return len(self.sha256) - 1


def write(target: BinaryIO, key: bytes, *, workplace: Path) -> Manifest:
    """Make an archive. workplace: where the dump lies meanwhile, readable by us alone; it needs the room for it.

    Raises postgres.Failed, OSError and what the storage raises; the archive is then incomplete and cannot be opened.
    """
    with tempfile.TemporaryDirectory(dir=workplace) as folder, Sealer(target, key) as sealer:
        manifest = _dump(Path(folder) / DUMP)
        with tarfile.open(fileobj=sealer, mode="w|", bufsize=CHUNK) as tar:
            with (Path(folder) / DUMP).open("rb") as dump:
                manifest.sha256[DUMP] = _add(tar, DUMP, dump, (Path(folder) / DUMP).stat().st_size)
            for name in sorted(stored()):
                _add_stored(tar, name, manifest)
            text = json.dumps(asdict(manifest)).encode()
            _add(tar, MANIFEST, io.BytesIO(text), len(text))
    return manifest


def verify(path: Path, key: bytes) -> Manifest:
    """Read the whole archive and check every hash. Raises Broken."""
    found: dict[str, str] = {}
    manifest = None
    for name, content in entries(path, key):
        if name == MANIFEST:
            manifest = Manifest(**json.load(content))
        else:
            found[name] = _sha256(content)
    if manifest is None or found != manifest.sha256:
        raise Broken("the archive is not what its manifest says")
    return manifest


def entries(path: Path, key: bytes) -> Iterator[tuple[str, BinaryIO]]:
    """Name and content of each entry, in order; a content is read before the next entry is asked for. Raises Broken."""
    with path.open("rb") as source, Opener(source, key) as opener:
        try:
            with tarfile.open(fileobj=opener, mode="r|", bufsize=CHUNK) as tar:
                for entry in tar:
                    content = tar.extractfile(entry)
                    if content is None:
                        raise Broken(f"{entry.name} is no file")
                    yield entry.name, content
        except tarfile.TarError as error:
            raise Broken(str(error)) from error
        while opener.read(CHUNK):  # to the last piece: a cut behind the tar's end is a cut too
            pass


def stored(folder: str = "") -> Iterator[str]:
    """The name of everything in the storage that cannot be made again."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    yield from (f"{prefix}{name}" for name in names if name and not _MADE_AGAIN.match(f"{prefix}{name}"))
    for name in folders:
        if not _MADE_AGAIN.match(f"{prefix}{name}"):
            yield from stored(f"{prefix}{name}")


def is_as_named(name: str, sha256: str) -> bool:
    """Whether a file that is stored under its SHA-256 has it; others have any."""
    content = _CONTENT.fullmatch(name)
    return content is None or content[1] == sha256


def _dump(path: Path) -> Manifest:
    with psycopg.connect(postgres.address_of("maint")) as database:
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = database.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot
        postgres.dump(path, snapshot=snapshot[0])
        return Manifest(
            release=settings.RELEASE,
            made_at=timezone.now().isoformat(timespec="seconds"),
            migrations=census.migrations(database),
            rows=census.count_rows(database),
            chain=census.chain_head(database),
        )


def _add_stored(tar: tarfile.TarFile, name: str, manifest: Manifest) -> None:
    try:
        content = default_storage.open(name)
    except FileNotFoundError:
        return  # swept away since it was listed: no row wanted it
    with content:
        sha256 = manifest.sha256[FILES + name] = _add(tar, FILES + name, content, content.size)
    if not is_as_named(name, sha256):
        manifest.damaged.append(name)


def _add(tar: tarfile.TarFile, name: str, content: Any, size: int) -> str:
    """Write an entry and answer its SHA-256."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    reader = _Hashing(content)
    tar.addfile(entry, reader)  # type: ignore[arg-type]  # it only reads
    return reader.digest.hexdigest()


class _Hashing:
    """Reads a file and keeps the SHA-256 of what was read."""

    def __init__(self, file: Any) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


def _sha256(content: Any) -> str:
    return hashlib.file_digest(content, "sha256").hexdigest()

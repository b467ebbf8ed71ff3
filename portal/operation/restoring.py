"""From an archive into an empty installation, and the proof that it is what was saved."""

import shutil
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast

import psycopg
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.migrations.loader import MigrationLoader

from portal.files.storage import fingerprint
from portal.operation import archive, census, postgres
from portal.operation.archive import DUMP, FILES, MANIFEST, Manifest


class Refused(Exception):
    """The place is not empty, or the archive does not fit this release."""


def restore(path: Path, key: bytes, *, address: str, workplace: Path) -> Manifest:
    """Check the archive to its last byte, then fill database and storage. address: the database, by a superuser.

    Raises sealing.Broken and Refused before anything is written; postgres.Failed when PostgreSQL refuses the dump.
    """
    manifest = archive.verify(path, key)
    _refuse_newer(manifest)
    with psycopg.connect(address, autocommit=True) as database:
        _refuse_inhabited(database)
        postgres.empty_schemas(database)
    for name, content in archive.entries(path, key):
        if name == DUMP:
            _fill(content, address, workplace)
        elif name != MANIFEST:
            _store(name.removeprefix(FILES), content, workplace)
    return manifest


def findings(manifest: Manifest, *, address: str) -> list[str]:
    """What differs between the manifest and what stands there now; empty when the restore is proved."""
    with psycopg.connect(address) as database:
        found = census.differences(manifest.rows, census.count_rows(database))
        if census.chain_head(database) != manifest.chain:
            found.append("the audit log ends with another seal")
        verdict = database.execute("SELECT audit.verify()").fetchone()
        if verdict != ("ok",):
            found.append(f"audit log: {verdict and verdict[0]}")
    return found + [f"{name} differs" for name in _changed_files(manifest)]


def _changed_files(manifest: Manifest) -> list[str]:
    names = {name.removeprefix(FILES): sha256 for name, sha256 in manifest.sha256.items() if name != DUMP}
    return [name for name, sha256 in names.items() if not _lies_there(name, sha256)]


def _lies_there(name: str, sha256: str) -> bool:
    try:
        with default_storage.open(name) as stored:
            return fingerprint(cast(Any, stored))[0] == sha256
    except FileNotFoundError:
        return False


def _store(name: str, content: BinaryIO, workplace: Path) -> None:
    """By way of a file: an archive is read once and forwards, and an object store reads first for its signature."""
    with tempfile.SpooledTemporaryFile(archive.CHUNK, dir=str(workplace)) as whole:
        shutil.copyfileobj(content, whole)
        whole.seek(0)
        default_storage.save(name, File(cast(Any, whole), name=name))


def _fill(content: BinaryIO, address: str, workplace: Path) -> None:
    with tempfile.TemporaryDirectory(dir=workplace) as folder:
        dump = Path(folder) / DUMP
        with dump.open("wb") as out:
            shutil.copyfileobj(content, out)
        postgres.fill(dump, address=address)


def _refuse_newer(manifest: Manifest) -> None:
    """What this very release has saved it takes back, whatever old names stand in the table of migrations."""
    if manifest.release == settings.RELEASE:
        return
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := set(manifest.migrations) - known:
        raise Refused(
            f"The archive is of release {manifest.release}, which knows {min(unknown)}: install that release."
        )


def _refuse_inhabited(database: psycopg.Connection[Any]) -> None:
    for table in ("tenancy_agency", "accounts_user"):
        exists = database.execute("SELECT to_regclass(%s)", [f"public.{table}"]).fetchone()
        if exists and exists[0] and database.execute(f"SELECT FROM {table} LIMIT 1").fetchone() is not None:
            raise Refused(f"The database is not empty ({table}). Restore into a new one.")
    if next(archive.stored(), None) is not None:
        raise Refused("The storage is not empty. Restore into a new one.")

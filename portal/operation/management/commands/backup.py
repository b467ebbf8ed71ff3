"""manage.py backup TARGET: database and files in one sealed archive. The key is BACKUP_KEY; --new-key prints one."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.files.storage import TROUBLE
from portal.operation import archive, inside, postgres, sealing


def given_key() -> bytes:
    """The key of the settings. Raises CommandError with what to do."""
    if not settings.BACKUP_KEY:
        raise CommandError(
            "Set BACKUP_KEY; manage.py backup --new-key prints a new one. Keep it away from the backups."
        )
    try:
        return sealing.key_from(settings.BACKUP_KEY)
    except ValueError as error:
        raise CommandError(f"BACKUP_KEY: {error}") from error


class Command(BaseCommand):
    help = "Saves database and files as one encrypted archive."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("target", nargs="?", type=Path, help="the archive; it must not exist yet")
        parser.add_argument("--new-key", action="store_true", help="print a key and do nothing else")

    def handle(self, *args, target: Path | None, new_key: bool, **options):
        if new_key:
            self.stdout.write(sealing.new_key())
            return
        if target is None or target.exists():
            raise CommandError("Name an archive that does not exist yet.")
        manifest = self._write(target.absolute(), given_key())
        agencies = len(manifest.rows["public.tenancy_agency"])
        inside.saved(agencies, manifest.files)
        rows = sum(count for of_table in manifest.rows.values() for count in of_table.values())
        self.stdout.write(f"{target}: {agencies} agencies, {rows} rows, {manifest.files} files")
        if manifest.damaged:
            raise CommandError(f"Saved as they are, but damaged in the storage: {', '.join(manifest.damaged)}")

    def _write(self, target: Path, key: bytes) -> archive.Manifest:
        half = target.with_name(f"{target.name}.part")
        try:
            handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:  # another run's, which must not lose it
            raise CommandError(f"{half} is being written. If nothing runs, delete it.") from error
        except OSError as error:
            raise CommandError(str(error)) from error
        try:
            with os.fdopen(handle, "wb") as out:
                manifest = archive.write(out, key, workplace=target.parent)
                out.flush()
                os.fsync(out.fileno())
            half.rename(target)
        except (*postgres.TROUBLE, *TROUBLE) as error:
            raise CommandError(str(error)) from error
        finally:
            half.unlink(missing_ok=True)
        return manifest

"""manage.py restore SOURCE: an archive of `backup` into an empty installation, and the proof that all of it is there.

It needs DATABASE_SUPERUSER_URL (or the file of DATABASE_SUPERUSER_URL_FILE): the audit log belongs to a role that cannot sign in.
"""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.environment import secret
from portal.files.storage import TROUBLE
from portal.operation import postgres, restoring
from portal.operation.management.commands.backup import given_key
from portal.operation.sealing import Broken


class Command(BaseCommand):
    help = "Restores an archive into an empty installation and proves it."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path, help="the archive")

    def handle(self, *args, source: Path, **options):
        address = secret("DATABASE_SUPERUSER_URL", default="")
        if not address:
            raise CommandError("Set DATABASE_SUPERUSER_URL: the database to restore into, by a superuser.")
        workplace = Path(settings.DATA_DIR)
        workplace.mkdir(parents=True, exist_ok=True)
        try:
            manifest = restoring.restore(source, given_key(), address=address, workplace=workplace)
            found = restoring.findings(manifest, address=address)
        except (Broken, restoring.Refused, *postgres.TROUBLE, *TROUBLE) as error:
            raise CommandError(str(error)) from error
        if found:
            raise CommandError("Restored, but not as it was saved:\n" + "\n".join(found))
        self.stdout.write(
            f"Restored and proved: {len(manifest.rows['public.tenancy_agency'])} agencies, {manifest.files} files, "
            "audit log intact. Now run: manage.py migrate --database owner"
        )

"""manage.py load_demo: two agencies with people, protocols and mails, for showing and testing."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo import world


class Command(BaseCommand):
    help = "Loads the demo world into an empty database; does nothing when an agency exists. Only when DEMO is on."

    def add_arguments(self, parser):
        parser.add_argument("--patience", type=int, default=0, help="seconds that the SMTP door may need to open")

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("The demo world is only loaded when DEMO=1.")
        if not world.is_empty():
            self.stdout.write("There is an agency already; nothing loaded.")
            return
        try:
            world.load(options["patience"])
        except world.MailsMissing as problem:
            self.stderr.write(str(problem))
        self.stdout.write(f"Loaded; accounts are in {settings.DATA_DIR / 'demo_world.json'}.")

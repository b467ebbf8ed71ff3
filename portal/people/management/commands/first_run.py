"""manage.py first_run: where the first agency is set up, with the key; nothing when there is one already."""

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.people import setup


class Command(BaseCommand):
    help = "Prints the address of the first-run page while there is no agency."
    requires_system_checks = []

    def handle(self, *args, **options):
        if setup.is_due():
            self.stdout.write(f"Set up the first agency: {settings.BASE_URL}/first-run/?key={setup.secret_key()}")

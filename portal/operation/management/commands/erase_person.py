"""manage.py erase_person EMAIL --agency SLUG: a former member's personal data goes, what was written stays."""

from django.core.management.base import BaseCommand, CommandError

from portal.operation.erasure import Refused, erase
from portal.tenancy.models import Agency


class Command(BaseCommand):
    help = "Erases the personal data of somebody who no longer has a place."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("email", help="the person's address")
        parser.add_argument("--agency", required=True, help="slug of the agency")

    def handle(self, *args, email: str, agency: str, **options):
        found = Agency.objects.using("maint").filter(slug=agency).first()
        if found is None:
            raise CommandError(f"There is no agency called {agency}.")
        try:
            erased = erase(email, found)
        except Refused as error:
            raise CommandError(str(error)) from error
        rest = "and so is the account" if erased.account else "the account stays, it is used elsewhere"
        self.stdout.write(f"Erased from {agency}; {rest}. The audit log and older backups keep what they have.")
        if erased.name_stays:
            self.stdout.write("Somebody else there has the same name, so it stays in events and versions of that time.")

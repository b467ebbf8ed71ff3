"""manage.py audit_verify: exit status 0 when every seal of the audit log holds, else 1 and the first that does not."""

from django.core.management.base import BaseCommand, CommandError

from portal.audit.verification import verify


class Command(BaseCommand):
    help = "Checks the seals of the audit log."
    requires_system_checks = []

    def handle(self, *args, **options):
        answer = verify()
        if answer != "ok":
            raise CommandError(answer)
        self.stdout.write("ok")

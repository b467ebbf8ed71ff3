"""manage.py check_money: every invariant of the money, of all agencies; ends with 1 when one is broken."""

from django.core.management.base import BaseCommand, CommandError

from invoices.actions.checking import examine
from invoices.proofs import PROOFS


class Command(BaseCommand):
    help = "Examines numbers, sums, proofs, papers and payments of all agencies. What is found is on the status page."

    def handle(self, *args, **options):
        found = examine()
        for agency, lines in sorted(found.items()):
            for line in lines:
                self.stdout.write(f"{agency}: {line}")
        if found:
            raise CommandError(f"{sum(map(len, found.values()))} problems")
        self.stdout.write(f"{len(PROOFS) + 2} invariants hold")

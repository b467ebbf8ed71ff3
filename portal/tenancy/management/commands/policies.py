"""manage.py policies: the database's policies as they are; --write makes them the ones that were reviewed."""

from django.core.management.base import BaseCommand
from django.db import connections, transaction

from portal.tenancy.catalogue import SNAPSHOT, asker, policy_lines


class Command(BaseCommand):
    help = "Prints the row-level security policies; with --write stores them as the reviewed ones."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--write", action="store_true")
        parser.add_argument("--database", default="default")

    def handle(self, *args, **options):
        alias = options["database"]
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            text = "\n".join(policy_lines(asker(cursor))) + "\n"
        if options["write"]:
            SNAPSHOT.write_text(text)
        self.stdout.write(f"{text.count(chr(10))} policies" if options["write"] else text)

"""manage.py audit_verify [--log FILE]: exit status 0 when every seal of the audit log holds, else 1 and the first that does not."""

import argparse

from django.core.management.base import BaseCommand, CommandError

from portal.audit.verification import compare, noted_seals, verify


class Command(BaseCommand):
    help = "Checks the seals of the audit log."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--log",
            type=argparse.FileType(encoding="utf-8", errors="replace"),
            help="the worker's log ('-': standard input); the seals that it notes must be those that are kept",
        )

    def handle(self, *args, log=None, **options):
        answer = verify()
        noted = noted_seals(log) if log else {}
        if answer == "ok":
            answer = compare(noted) if noted or not log else "the log notes no seal"
        if answer != "ok":
            raise CommandError(answer)
        self.stdout.write(f"ok, {len(noted)} seals as the log has them" if log else "ok")

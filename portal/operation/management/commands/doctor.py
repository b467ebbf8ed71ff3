"""manage.py doctor: what is not as it should be. Exit status 1 when something is broken."""

import json
import sys

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from portal.operation import doctor


class Command(BaseCommand):
    help = "Examines the installation."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="the report as JSON")

    def handle(self, *args, **options):
        report = doctor.examine()
        if options["json"]:
            self.stdout.write(json.dumps(report, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        else:
            for finding in report["findings"]:
                self.stdout.write(f"{finding['state']:<7} {finding['name']}: {finding['text']}")
                if finding["hint"]:
                    self.stdout.write(f"        {finding['hint']}")
        if doctor.is_broken(report):
            sys.exit(1)

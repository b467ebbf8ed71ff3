"""manage.py retention [--apply]: what is older than the settings say. Without --apply it only counts."""

from django.core.management.base import BaseCommand

from portal.operation import retention


class Command(BaseCommand):
    help = "Deletes what is older than the settings say."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--apply", action="store_true", help="delete; without it nothing is changed")

    def handle(self, *args, **options):
        for rule, count in list(retention.counts()):
            period = f"older than {rule.days} days" if rule.days > 0 else "kept for good"
            self.stdout.write(f"{count:>8} {rule.name}, {period} ({rule.setting})")
        if options["apply"]:
            self.stdout.write(f"Deleted: {sum(retention.apply().values())}")
        else:
            self.stdout.write("Nothing was deleted; --apply does it.")

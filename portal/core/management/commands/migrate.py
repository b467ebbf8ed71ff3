"""manage.py migrate: Django's own, with states that are quickly made."""

from django.core.management.commands import migrate

from portal.core.migrating import lean_states


class Command(migrate.Command):
    def handle(self, *args, **options):
        with lean_states():
            super().handle(*args, **options)

"""manage.py create_agency: a new agency with its owner, checked as the first-run page checks it."""

from getpass import getpass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.models import User
from portal.people.forms.first_run import AgencyForm
from portal.tenancy.branding import PRODUCT_BRAND
from portal.tenancy.founding import found


class Command(BaseCommand):
    help = "Creates an agency with its owner. The owner's password is asked for, or read from the first line of stdin."

    def add_arguments(self, parser):
        parser.add_argument("name", help="name of the agency")
        parser.add_argument("slug", help="its short name in addresses")
        parser.add_argument("--owner-name", required=True)
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--colour", dest="brand_hex", default=PRODUCT_BRAND)
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--time-zone", default="Europe/Berlin")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--client", default="", help="name of the first client")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from stdin")

    def handle(self, *args, **options):
        given = {name: options[name] for name in AgencyForm.base_fields if name in options}
        fields = _checked(given)  # before anybody types a password in vain
        if not User.objects.filter(email=fields["owner_email"].lower()).exists():
            fields = _checked({**given, "password": self._password(options)}, needs_password=True)
        try:
            agency, _owner = found(**fields)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{settings.BASE_URL}/{agency.slug}/")

    def _password(self, options) -> str:
        return self.stdin_line() if options["password_stdin"] else getpass("Password of the owner: ")

    @staticmethod
    def stdin_line() -> str:
        return input()


def _checked(given: dict, *, needs_password: bool = False) -> dict:
    form = AgencyForm(given)
    form.fields["password"].required = needs_password
    if not form.is_valid():
        found_wrong = [f"{name}: {text}" for name, texts in form.errors.items() for text in texts]
        raise CommandError("\n".join(found_wrong))
    return form.cleaned_data

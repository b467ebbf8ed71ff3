"""manage.py create_agency: a new agency with its owner."""

from getpass import getpass

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from portal.accounts.models import User
from portal.tenancy.branding import PRODUCT_BRAND, clamp
from portal.tenancy.founding import checked_slug, found


class Command(BaseCommand):
    help = "Creates an agency with its owner. The owner's password is asked for, or read from the first line of stdin."

    def add_arguments(self, parser):
        parser.add_argument("name", help="name of the agency")
        parser.add_argument("slug", help="its short name in addresses")
        parser.add_argument("--owner-name", required=True)
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--colour", default=PRODUCT_BRAND)
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--time-zone", default="Europe/Berlin")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--client", default="", help="name of the first client")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from stdin")

    def handle(self, *args, **options):
        try:
            checked_slug(options["slug"])
            validate_email(options["owner_email"])
            agency, _owner = found(
                name=options["name"],
                slug=options["slug"],
                brand_hex=clamp(options["colour"]),
                owner_name=options["owner_name"],
                owner_email=options["owner_email"],
                password=self._password(options),
                client=options["client"],
                **{name: options[name] for name in ("language", "time_zone", "currency")},
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{settings.BASE_URL}/{agency.slug}/")

    def _password(self, options) -> str | None:
        """None for somebody who has an account already."""
        email = options["owner_email"].strip().lower()
        if User.objects.filter(email=email).exists():
            return None
        ask = self.stdin_line if options["password_stdin"] else lambda: getpass("Password of the owner: ")
        password = ask()
        validate_password(password, User(email=email, name=options["owner_name"]))
        return password

    @staticmethod
    def stdin_line() -> str:
        return input()

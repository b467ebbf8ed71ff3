"""manage.py platform_staff EMAIL: who looks after the installation, with /admin/ and the status page. The audit log has it."""

from getpass import getpass

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from portal.accounts.models import User


class Command(BaseCommand):
    help = (
        "Makes somebody platform staff, or with --end no longer. An account that is there keeps its password; the password of "
        "a new one is asked for, or read from the first line of stdin."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("email", help="the person's address")
        parser.add_argument("--name", default="", help="the person's name, for a new account")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
        parser.add_argument("--end", action="store_true", help="the person is platform staff no longer")

    def handle(self, *args, email: str, name: str, password_stdin: bool, end: bool, **options):
        email = email.strip().lower()
        person = User.objects.filter(email=email).first()
        if person is None and (end or not name):
            raise CommandError(f"There is no account of {email}." + ("" if end else " Give --name for a new one."))
        try:
            person = person or _new(email, name, input if password_stdin else _ask)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except EOFError as error:
            raise CommandError("Standard input holds no password.") from error
        person.is_staff = not end
        person.save(update_fields=["is_staff"])
        self.stdout.write(f"{email} is platform staff{' no longer' if end else ''}.")


def _ask() -> str:
    return getpass("Password: ")


@transaction.atomic
def _new(email: str, name: str, ask) -> User:
    validate_email(email)
    User._meta.get_field("name").run_validators(name)
    password = ask()
    validate_password(password, User(email=email, name=name))
    person = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person

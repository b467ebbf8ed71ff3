"""Who: people, sign-in, second factors, sessions."""

from importlib import import_module

from django.apps import AppConfig

LONGEST_WAIT_SECONDS = 3600


class AccountsConfig(AppConfig):
    name = "portal.accounts"

    def ready(self):
        import_module("portal.accounts.receivers")
        # django-otp doubles the wait without end; so somebody with the password could lock its owner out for weeks.
        vars(import_module("django_otp.models"))["MAX_THROTTLE_DELAY_SECONDS"] = LONGEST_WAIT_SECONDS

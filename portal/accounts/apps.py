"""Who: people, sign-in, second factors, sessions."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"

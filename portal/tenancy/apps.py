"""Where: agencies, clients, projects, members, and the door that knows them."""

from django.apps import AppConfig
from django.urls import register_converter


class TenancyConfig(AppConfig):
    name = "portal.tenancy"

    def ready(self):
        from portal.accounts import hooks
        from portal.tenancy import checks, navigation, places, veiling  # noqa: F401, the import registers the checks

        register_converter(veiling.ClientConverter, "client")
        hooks.policy_of = places.strictest_factor
        hooks.agencies_of = places.agencies_of
        hooks.name_of_place = places.name_of_place
        navigation.links["security"] = "account_security"

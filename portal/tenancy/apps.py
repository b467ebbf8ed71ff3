"""Where: agencies, clients, projects, members, and the door that knows them."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "portal.tenancy"

"""The demo world and the outbox page: only when DEMO is on."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "portal.demo"

"""What keeps the house running."""

from django.apps import AppConfig


class OperationConfig(AppConfig):
    name = "portal.operation"

    def ready(self):
        from portal.core import health
        from portal.operation import inside

        health.CHECKS["beat"] = inside.heard

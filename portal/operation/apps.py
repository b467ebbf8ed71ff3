"""What keeps the house running."""

from django.apps import AppConfig


class OperationConfig(AppConfig):
    name = "portal.operation"

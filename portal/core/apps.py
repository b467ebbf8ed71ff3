"""The ground floor: no models."""

from django.apps import AppConfig
from django.conf import settings


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"

    def ready(self):
        if settings.SENTRY_DSN:
            from portal.core import sentry  # half a second that nobody else shall pay

            sentry.start(settings.SENTRY_DSN, release=settings.RELEASE, environment=settings.SENTRY_ENVIRONMENT)

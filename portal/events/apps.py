"""What happened in the product: one spine, many readers."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "portal.events"

    def ready(self):
        from portal.core.health import queues
        from portal.events.delivery import oldest_undelivered

        queues["events"] = oldest_undelivered

"""Transport of mail."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "portal.mail"

    def ready(self):
        from portal.core.health import queues
        from portal.mail.delivery import oldest_due
        from portal.mail.processing import oldest_waiting

        queues["incoming mail"] = oldest_waiting
        queues["outgoing mail"] = oldest_due

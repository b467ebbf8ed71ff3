"""Telling people what happened."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "portal.notifications"
    verbose_name = _("Notifications")

    def ready(self):
        from portal.core.health import queues
        from portal.events.delivery import on_delivery
        from portal.mail import leaving
        from portal.notifications import actions, bell, bursts, late, menu
        from portal.tenancy import navigation

        on_delivery(actions.tell)
        leaving.register(late.TOLD, late.is_open)
        leaving.register(late.KNOWN, late.is_known)
        navigation.unread_of = bell.unread_of
        navigation.links["bell"] = "notifications:index"
        navigation.links["bell_poll"] = "notifications:bell"
        navigation.register(menu.ENTRY)
        queues["notifications by mail"] = bursts.oldest_due

"""Members, invitations, clients, settings, the Security page."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "portal.people"

    def ready(self):
        from portal.accounts import hooks
        from portal.events import kinds
        from portal.people import events, handover, menu, rules

        kinds.register(*events.KINDS)
        handover.register(handover.Handover(_("Clients"), handover.managed_clients_of, handover.hand_clients_over))
        hooks.may_still_help = rules.may_reset
        menu.register()

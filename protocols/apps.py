"""Protocols: minutes of calls, jours fixes and meetings, with comments and files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtocolsConfig(AppConfig):
    name = "protocols"
    verbose_name = _("Protocols")

    def ready(self):
        from portal.events.kinds import register
        from portal.people import handover
        from portal.search import searchables
        from portal.tenancy import navigation
        from protocols import finding, handing_over, menu
        from protocols.events import KINDS

        register(*KINDS)
        handover.register(handing_over.DRAFTS)
        navigation.register(menu.ENTRY)
        searchables.register(finding.SEARCHABLE)

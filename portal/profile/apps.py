"""Profile: the client's fact sheet."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProfileConfig(AppConfig):
    name = "portal.profile"
    verbose_name = _("Profile")

    def ready(self):
        from portal.events.kinds import register
        from portal.profile import finding, menu
        from portal.profile.events import KINDS
        from portal.search import searchables
        from portal.tenancy import navigation

        register(*KINDS, group=_("Profile"))
        navigation.register(menu.ENTRY)
        searchables.register(finding.SEARCHABLE, order=45)

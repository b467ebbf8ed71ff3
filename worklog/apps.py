"""The tab Work log."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorklogConfig(AppConfig):
    name = "worklog"
    verbose_name = _("Work log")

    def ready(self):
        from portal.events import kinds
        from portal.tenancy import navigation
        from worklog.events import KINDS
        from worklog.menu import ENTRIES

        kinds.register(*KINDS, group=_("Work log"))
        navigation.register(*ENTRIES)

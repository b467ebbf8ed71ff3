"""The tab Work log."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorklogConfig(AppConfig):
    name = "worklog"
    verbose_name = _("Work log")

    def ready(self):
        from invoices import behind, proofs
        from portal.events import embargo, kinds
        from portal.people import handover
        from portal.search import searchables
        from portal.tenancy import navigation, tabs
        from worklog import client_events, finding
        from worklog.actions import deciding, timers
        from worklog.behind import SOURCE
        from worklog.clock import in_frame
        from worklog.events import KINDS
        from worklog.menu import ENTRIES
        from worklog.proofs import PROOFS

        behind.register(SOURCE)
        proofs.register(PROOFS)
        embargo.on_delay(deciding.follow_delay)
        handover.on_end(timers.leave)
        kinds.register(*KINDS, *client_events.KINDS, group=_("Work log"))
        navigation.register(*ENTRIES)
        searchables.register(*finding.SEARCHABLES, order=50)
        tabs.register(tabs.Tab("my_work:rules", _("Work log"), permission="manage_agency", pages=("my_work:rates",)))
        navigation.timer = navigation.Timer("my_work:index", "my_work:start", in_frame)

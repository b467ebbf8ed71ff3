"""The tab Invoices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicesConfig(AppConfig):
    name = "invoices"
    verbose_name = _("Invoices")

    def ready(self):
        from invoices import finding, payment_events
        from invoices.actions import uploading
        from invoices.actions.making import oldest_due
        from invoices.events import KINDS
        from invoices.menu import ENTRIES
        from invoices.reminder_letters import STILL_OWED, is_still_owed
        from invoices.walls import files_hidden_from, veils_of
        from portal.core.health import queues
        from portal.events import kinds
        from portal.files.models import kept_back
        from portal.mail import leaving
        from portal.people import veils
        from portal.search import searchables
        from portal.tenancy import navigation, tabs

        kinds.register(*KINDS, *payment_events.KINDS, group=_("Invoices"))
        leaving.register(STILL_OWED, is_still_owed)
        leaving.register(uploading.STILL_READ, uploading.is_still_read)
        navigation.register(*ENTRIES)
        searchables.register(*finding.SEARCHABLES, order=40)
        tabs.register(tabs.Tab("invoice_desk:settings", _("Invoices"), permission="manage_agency"))
        veils.register(*veils_of(self.get_models()))
        kept_back["invoices"] = files_hidden_from
        queues["papers of invoices"] = oldest_due

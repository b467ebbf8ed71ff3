"""The tab Invoices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicesConfig(AppConfig):
    name = "invoices"
    verbose_name = _("Invoices")

    def ready(self):
        from invoices import payment_events
        from invoices.events import KINDS
        from portal.events import kinds

        kinds.register(*KINDS, *payment_events.KINDS, group=_("Invoices"))

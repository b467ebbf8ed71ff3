"""The start pages: what waits, what is new."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

OUTSIDERS = ("contact", "vendor")


class DashboardConfig(AppConfig):
    name = "portal.dashboard"
    verbose_name = _("Start pages")

    def ready(self):
        from portal.tenancy.navigation import Entry, register

        register(
            Entry(
                "home",
                "home",
                _("Start"),
                kinds=OUTSIDERS,
                order=10,
                bottom=True,
                namespace="client_home",
                pages=("shared_project",),
            ),
            Entry("my_day", "sunrise", _("My day"), kinds=("specialist",), order=10, bottom=True),
        )

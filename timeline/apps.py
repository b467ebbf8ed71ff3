"""The client's window on what happened."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TimelineConfig(AppConfig):
    name = "timeline"
    verbose_name = _("Timeline")

    def ready(self):
        from portal.tenancy import navigation

        navigation.register(
            navigation.Entry(
                "timeline:index",
                "timeline",
                _("Timeline"),
                of_client=True,
                area="work",
                group="center",
                order=260,
                bottom=True,
                namespace="timeline",
            )
        )

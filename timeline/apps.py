"""The client's window on what happened."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TimelineConfig(AppConfig):
    name = "timeline"
    verbose_name = _("Timeline")

    def ready(self):
        from portal.events.kinds import register
        from portal.search import searchables
        from portal.tenancy import navigation
        from timeline.events import KINDS
        from timeline.finding import SEARCHABLES

        register(*KINDS, group=_("Timeline"))
        searchables.register(*SEARCHABLES, order=60)

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

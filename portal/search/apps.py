"""One box over all tabs; each app registers what it offers."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "portal.search"

    def ready(self):
        from portal.tenancy import navigation

        navigation.links["search"] = "search:index"

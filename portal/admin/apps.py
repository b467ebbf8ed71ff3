"""Django's own admin with our site as the default one; it is listed in place of django.contrib.admin."""

from django.contrib.admin import apps


class PortalAdminConfig(apps.AdminConfig):
    default_site = "portal.admin.sites.AgencySite"

    def ready(self):
        from portal.admin.words import translate_names  # models are there from here on

        translate_names()
        super().ready()

"""Where the pages of this app stand in the menu."""

from django.utils.translation import gettext_lazy as _

from portal.tenancy import navigation
from portal.tenancy.navigation import Entry

STAFF = {"kinds": ("specialist",)}
ADMIN = {"kinds": ("specialist",), "group": "admin"}
COMPANY = {"kinds": ("contact",), "area": "security", "of_client": True, "group": "company"}

ENTRIES = (
    Entry("people:clients", "building", _("Clients"), order=30, bottom=True, **STAFF),
    Entry("people:team", "users", _("Your team"), order=410, **COMPANY),
    Entry("people:client_security", "shield", _("Security"), order=420, **COMPANY),
    Entry("people:members", "users", _("Members"), permission="manage_people", order=410, **ADMIN),
    Entry("people:vendors", "link", _("Vendors"), permission="manage_clients", order=415, **ADMIN),
    Entry("people:security", "shield", _("Security"), permission="security", order=420, **ADMIN),
    Entry("people:settings", "settings", _("Settings"), group="admin", order=430),
)


def register() -> None:
    """Called from AppConfig.ready."""
    navigation.register(*ENTRIES)
    navigation.links["settings"] = "people:settings"
    navigation.links["security"] = "account_security"

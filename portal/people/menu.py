"""Where the pages of this app stand in the menu."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.tenancy import navigation
from portal.tenancy.navigation import Entry

STAFF: dict[str, Any] = {"kinds": ("specialist",)}
ADMIN: dict[str, Any] = {"kinds": ("specialist",), "group": "admin"}
COMPANY: dict[str, Any] = {"kinds": ("contact",), "area": "security", "of_client": True, "group": "company"}
OF_CLIENT: dict[str, Any] = {"kinds": ("specialist",), "of_client": True, "group": "company"}

ENTRIES = (
    Entry("people:clients", "building", _("Clients"), order=30, bottom=True, **STAFF),
    Entry("people:team", "users", _("Your team"), order=410, **COMPANY),
    Entry("people:client_security", "shield", _("Security"), order=420, **COMPANY),
    Entry("people:projects", "board", _("Projects"), order=400, **OF_CLIENT),
    Entry("people:team", "users", _("People"), permission="manage_people", order=410, **OF_CLIENT),
    Entry("people:client_settings", "edit", _("About the client"), permission="manage_clients", order=420, **OF_CLIENT),
    Entry("people:members", "users", _("Members"), permission="manage_people", order=410, **ADMIN),
    Entry("people:vendors", "link", _("Vendors"), permission="manage_clients", order=415, **ADMIN),
    Entry("people:security", "shield", _("Security"), permission="security", order=420, **ADMIN),
    Entry("people:settings", "settings", _("Settings"), order=430, **ADMIN),
    Entry("admin:index", "database", _("Data"), permission="manage_agency", order=440, **ADMIN),
    Entry("people:settings", "settings", _("Settings"), kinds=("contact", "vendor"), group="company", order=430),
)


def register() -> None:
    """Called from AppConfig.ready."""
    navigation.register(*ENTRIES)
    navigation.links["settings"] = "people:settings"
    navigation.links["security"] = "account_security"

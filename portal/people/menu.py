"""Where the pages of this app stand in the menu."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.tenancy import navigation, tabs
from portal.tenancy.navigation import Entry
from portal.tenancy.tabs import Tab

STAFF: dict[str, Any] = {"kinds": ("specialist",)}
ADMIN: dict[str, Any] = {"kinds": ("specialist",), "group": "admin"}
COMPANY: dict[str, Any] = {"kinds": ("contact",), "area": "security", "of_client": True, "group": "company"}
OF_CLIENT: dict[str, Any] = {"kinds": ("specialist",), "of_client": True, "group": "company"}

# Pages that lie below a place of the menu, which is marked there too.
MEMBERS = ("people:member", "people:invite", "people:end_member", "people:absence", "people:merge_member")
PROJECTS = ("people:project", "people:new_project", "people:edit_project", "people:share", "people:archive_project")
VENDORS = ("people:vendor", "people:new_vendor")
OF_SETTINGS = ("account_change_password", "account_email")

ENTRIES = (
    Entry(
        "people:clients",
        "building",
        _("Clients"),
        order=30,
        pages=("people:new_client", "people:import"),
        bottom=True,
        **STAFF,
    ),
    Entry(
        "people:team", "users", _("Your team"), order=410, pages=("people:team_invite", "people:team_areas"), **COMPANY
    ),
    Entry("people:client_security", "shield", _("Security"), order=420, **COMPANY),
    Entry("people:projects", "board", _("Projects"), order=400, pages=PROJECTS, **OF_CLIENT),
    Entry(
        "people:team",
        "users",
        _("People"),
        permission="manage_people",
        order=410,
        pages=("people:team_invite", "people:team_areas"),
        **OF_CLIENT,
    ),
    Entry(
        "people:client_settings",
        "edit",
        _("About the client"),
        permission="manage_clients",
        order=420,
        pages=("people:end_client", "people:archive_client"),
        **OF_CLIENT,
    ),
    Entry("people:members", "users", _("Members"), permission="manage_people", order=410, pages=MEMBERS, **ADMIN),
    Entry("people:vendors", "link", _("Vendors"), permission="manage_clients", order=415, pages=VENDORS, **ADMIN),
    Entry("people:security", "shield", _("Security"), permission="security", order=420, **ADMIN),
    Entry("people:settings", "settings", _("Settings"), order=430, pages=OF_SETTINGS, **ADMIN),
    Entry("admin:index", "database", _("Data"), permission="manage_agency", order=440, **ADMIN),
    Entry(
        "people:settings",
        "settings",
        _("Settings"),
        kinds=("contact", "vendor"),
        group="company",
        order=430,
        pages=OF_SETTINGS,
    ),
)


TABS = (
    Tab("people:settings", _("You")),
    Tab("account_security", _("Sign-in and devices")),
    Tab("notifications:preferences", _("Notifications")),
    Tab("people:agency", _("Agency"), permission="manage_agency"),
    Tab("people:look", _("Look"), permission="manage_agency"),
    Tab("people:calendar", _("Business hours"), permission="manage_agency", pages=("people:add_day",)),
    Tab("people:mailboxes", _("Mailboxes"), permission="manage_agency"),
    Tab("people:factors", _("Sign-in rules"), permission="manage_agency"),
    Tab("people:texts", _("Legal texts"), permission="manage_agency"),
)


def register() -> None:
    """Called from AppConfig.ready."""
    navigation.register(*ENTRIES)
    tabs.register(*TABS)
    navigation.links["settings"] = "people:settings"
    navigation.links["security"] = "account_security"

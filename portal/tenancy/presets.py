"""The roles that every agency starts with. kind, code -> (name, permissions)."""

from django.utils.translation import gettext_noop as _

ALL = ["write", "all_clients", "manage_clients", "manage_people", "manage_agency", "money", "security"]
ROLES = {
    ("specialist", "owner"): (_("Owner"), ALL),
    ("specialist", "manager"): (_("Account manager"), ["write", "all_clients", "manage_clients", "money"]),
    ("specialist", "specialist"): (_("Specialist"), ["write", "all_clients"]),
    ("specialist", "freelancer"): (_("Freelancer"), ["write"]),
    ("specialist", "bookkeeper"): (_("Bookkeeper"), ["all_clients", "money"]),
    ("specialist", "reader"): (_("Read only"), ["all_clients"]),
    ("contact", "contact"): (_("Contact"), ["write"]),
    ("contact", "reader"): (_("Read only"), []),
    ("vendor", "vendor"): (_("Vendor"), ["write"]),
    ("vendor", "reader"): (_("Read only"), []),
}
NEW_CONTACT_AREAS = ["work", "tickets", "mails"]
FIRST_CONTACT_AREAS = ["work", "tickets", "mails", "money", "security"]

"""The place of the profile in the menu."""

from django.utils.translation import gettext_lazy as _

from portal.tenancy.navigation import Entry

ENTRY = Entry(
    "profile:index",
    "profile",
    _("Profile"),
    of_client=True,
    area="work",
    whole=True,
    group="center",
    order=220,
    namespace="profile",
)

"""The kinds of work that an agency begins with, in its own language."""

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from portal.tenancy.models import Agency

KINDS = (
    _("Content creation"),
    _("Link building"),
    _("Technical SEO"),
    _("Paid media"),
    _("Development"),
    _("Design"),
    _("Consulting"),
    _("Meeting"),
    _("Call"),
    _("Coordination"),
)
TALKS = ("Meeting", "Call")
"""Those that need a protocol."""


def kinds_for(agency: Agency) -> list[tuple[str, bool]]:
    """Their names in the agency's language, and whether each needs a protocol."""
    with override(agency.language):
        return [(gettext(name), name in TALKS) for name in KINDS]

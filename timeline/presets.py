"""The usual kinds of activities. They are made in the agency's language with the first activity; from then on they are data."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Agency

KINDS = (
    _("Backlink built"),
    _("Content published"),
    _("Technical improvement"),
    _("Campaign changed"),
    _("Analysis done"),
    _("Design made"),
    _("Other work"),
)


def kinds_for(agency: Agency) -> list[str]:
    """Their names in the agency's language."""
    with translation.override(agency.language):
        return [str(name) for name in KINDS]

"""The usual sections and their usual fields. They are made in the agency's language; from then on they are data."""

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Agency

CONTACTS, SERVICES, ACCESS = "contacts", "services", "access"
"""Sections that the portal knows something about."""

PRESETS = (
    ("focus", _("Goals and focus"), (_("Main goal"), _("Focus topics"), _("Measures"), _("Excluded"))),
    (
        "agreements",
        _("Agreements"),
        (_("Hours a month"), _("Answers to requests"), _("Who approves what"), _("Data processing agreement")),
    ),
    (CONTACTS, _("Contacts on both sides"), (_("Who decides what"), _("Best reached"))),
    (SERVICES, _("Services ordered"), (_("Scope"), _("Not included"))),
    ("products", _("Products"), (_("What is sold"), _("Bestsellers"), _("Seasons"))),
    ("tone", _("Tone"), (_("Form of address"), _("Style"), _("Words to avoid"))),
    ("competitors", _("Competitors"), (_("Main competitors"), _("What sets them apart"))),
    (ACCESS, _("Access"), (_("Where access data is kept"), _("Who grants access"))),
)


def presets_for(agency: Agency) -> Iterator[tuple[str, str, list[str]]]:
    """(code, title, labels) of each section, in the agency's language."""
    with translation.override(agency.language):
        yield from [(code, str(title), [str(label) for label in labels]) for code, title, labels in PRESETS]

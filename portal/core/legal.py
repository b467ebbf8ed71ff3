"""The texts at the foot of every page of an agency."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

TITLES = {"imprint": _("Imprint"), "privacy": _("Privacy"), "data-processing": _("Data processing")}


def links() -> list[dict]:
    """Where they are, inside the agency."""
    return [{"url": reverse("legal", args=[code]), "label": label} for code, label in TITLES.items()]

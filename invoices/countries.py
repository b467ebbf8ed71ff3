"""Countries by their codes, named in the reader's language."""

from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language

from portal.core.formats import LOCALES


def countries() -> list[tuple[str, str]]:
    """All of ISO 3166, from A to Z, and none."""
    return [("", "—"), *_countries((get_language() or "en").partition("-")[0])]


@lru_cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(LOCALES.get(language, "en_GB")).territories
    known = [
        (code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY
    ]
    return tuple(sorted(known, key=lambda pair: pair[1]))


NO_COUNTRY = {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}

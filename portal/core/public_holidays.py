"""Public holidays of a country or one of its regions, named in a language."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import holidays


class CalendarError(ValueError):
    """A calendar is wrong: an unknown country, region or time zone, an impossible window."""


@lru_cache(maxsize=512)
def public_holidays(country: str, region: str, language: str, year: int) -> Mapping[date, str]:
    """Date -> name of the public holidays of a year, in the language or else in the country's own."""
    if not country:
        return MappingProxyType({})
    try:
        known: Any = holidays.country_holidays(country, subdiv=region or None)
        spoken = _best_language(language, known.supported_languages or ()) or known.default_language
        found = holidays.country_holidays(country, subdiv=region or None, years=year, language=spoken)
    except NotImplementedError as error:
        raise CalendarError(str(error)) from error
    return MappingProxyType({day: name for day, name in found.items() if day.year == year})


def _best_language(wanted: str, supported: Iterable[str]) -> str | None:
    """The package calls Norwegian "no" and English "en_US" or "en_GB"."""
    wanted = {"nb": "no"}.get(wanted, wanted).replace("-", "_")
    if not wanted or wanted in supported:
        return wanted or None
    return next((name for name in sorted(supported) if name.split("_")[0] == wanted.split("_")[0]), None)

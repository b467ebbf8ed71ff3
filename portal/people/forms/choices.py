"""Choices that several forms offer: languages, time zones, currencies, countries."""

import zoneinfo
from functools import lru_cache

import holidays
from babel import Locale
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.core.formats import LOCALES

CURRENCIES = (
    "AED AUD BGN BRL CAD CHF CNY CZK DKK EUR GBP GEL HKD HUF ILS INR ISK JPY KRW KZT MDL MXN NOK NZD PLN RON RSD RUB SEK "
    "SGD THB TRY UAH USD ZAR"
).split()


def languages(empty: bool = False) -> list[tuple[str, object]]:
    """The languages of the product."""
    return [*([("", _("As the agency"))] if empty else []), *settings.LANGUAGES]


@lru_cache
def zones() -> tuple[tuple[str, str], ...]:
    """Time zones of cities, as "Europe/Berlin"."""
    names = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    )
    return (*((name, name.replace("_", " ")) for name in names), ("UTC", "UTC"))


def zones_or_agency() -> list[tuple[str, object]]:
    """Time zones, or that of the agency."""
    return [("", _("As the agency")), *zones()]


def currencies() -> tuple[tuple[str, str], ...]:
    """Currencies in use today, named in the reader's language."""
    return _currencies(get_language() or "en")


@lru_cache
def _currencies(language: str) -> tuple[tuple[str, str], ...]:
    names = _locale(language).currencies
    return tuple((code, f"{code}, {names.get(code, code)}") for code in CURRENCIES)


def countries() -> list[tuple[str, object]]:
    """Countries whose public holidays are known."""
    return [("", _("No public holidays")), *_countries(get_language() or "en")]


@lru_cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = _locale(language).territories
    known = [(code, names.get(code, code)) for code in holidays.list_supported_countries()]
    return tuple(sorted(known, key=lambda pair: pair[1]))


def regions_of(country: str) -> list[str]:
    """Codes of the regions that have holidays of their own."""
    return list(holidays.list_supported_countries().get(country, []))


def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language.partition("-")[0], "en_GB"))

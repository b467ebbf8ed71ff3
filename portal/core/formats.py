"""Dates, times, hours and amounts as people read them, by language: one place, so that no page invents its own.

Languages are those of the product (en de nb ru uk hu). A moment is shown in the active time zone, which the door sets
to the reader's own. Results are cached, because a list formats the same few days again and again.
"""

import re
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import DateTimePattern, get_day_names, match_skeleton, parse_pattern
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from babel.numbers import format_percent as babel_percent
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
LOCALES = {"en": "en_GB", "de": "de", "nb": "nb", "ru": "ru", "uk": "uk", "hu": "hu"}
CLOCK = {"de": f"{{}}{NBSP}Uhr", "nb": f"kl.{NBSP}{{}}"}
HOUR = {"en": "h", "de": "Std.", "nb": "t", "ru": "ч", "uk": "год", "hu": "ó"}
SKELETONS = {"date": "yMMMd", "short": "MMMd", "weekday": "MMMEd", "month": "yMMMM"}
ENGLISH_WEEKDAY = "EEE, d MMM"  # CLDR leaves the comma out
NEAR_DAYS = 7


def format_date(value: date, lang: str = "", *, style: str = "date") -> str:
    """A day: "19 Nov 2026". Styles: date, short (no year), weekday (no year), long (in full), month."""
    return _day(_as_day(value), _language(lang), style)


def format_time(value: datetime, lang: str = "", *, tz: tzinfo | None = None) -> str:
    """The time of day in the reader's zone: "16:00", in German "16:00 Uhr"."""
    local = _local(value, tz)
    return _clock(local.hour, local.minute, _language(lang))


def format_times(first: datetime, last: datetime, lang: str = "") -> str:
    """From one time of day to another: "09:03–10:44", in German "09:03–10:44 Uhr"."""
    begun, ended = (f"{_local(value, None):%H:%M}" for value in (first, last))
    return CLOCK.get(_language(lang), "{}").format(f"{begun}–{ended}")


def format_datetime(value: datetime, lang: str = "", *, tz: tzinfo | None = None) -> str:
    """Day and time in the reader's zone: "19 Nov 2026, 16:00"."""
    local, language = _local(value, tz), _language(lang)
    joint = " " if language == "hu" else ", "
    return _day(local.date(), language, "date") + joint + _clock(local.hour, local.minute, language)


def format_relative_day(value: date, lang: str = "", *, today: date | None = None) -> str:
    """Up to seven days away in words ("tomorrow", "3 days ago"), else the date. Goes into <time datetime>."""
    day, language = _as_day(value), _language(lang)
    away = (day - (today or timezone.localdate())).days
    return _near(away, language) if abs(away) <= NEAR_DAYS else _day(day, language, "date")


def format_minutes(minutes: int) -> str:
    """A duration as H:MM, never as a decimal: 243 is "4:03"."""
    sign = MINUS if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def format_hours(minutes: int, lang: str = "") -> str:
    """A duration with its unit: "4:03 h", in German "4:03 Std."."""
    return f"{format_minutes(minutes)}{NBSP}{HOUR[_language(lang)]}"


def format_number(value: int | Decimal | float, lang: str = "") -> str:
    """A number with the language's groups and decimal sign, and with all its decimals: 48,210.5."""
    return _typographic(format_decimal(value, locale=LOCALES[_language(lang)], decimal_quantization=False))


def format_percent(share: Decimal | float, lang: str = "") -> str:
    """A share as percent with at most two decimals: 0.124 is "12.4%"."""
    locale = _locale(_language(lang))
    pattern = locale.percent_formats[None].pattern.replace("0%", "0.##%").replace(f"0{NBSP}%", f"0.##{NBSP}%")
    return _typographic(babel_percent(share, format=pattern, locale=locale))


def format_money(amount: Decimal, currency: str, lang: str = "") -> str:
    """An amount with its currency's sign or letters: "€6,840.00", in German "6.840,00 €"; "NOK 6,840.00", "6.840,00 NOK"."""
    language = _language(lang)
    grouped = language != "hu" or abs(amount) >= 10_000  # Hungarian groups from five digits on
    text = format_currency(amount, currency, locale=LOCALES[language], group_separator=grouped)
    sign = get_currency_symbol(currency, locale="en")
    if sign == currency:  # letters beside digits need a space where a sign needs none
        text = re.sub(rf"{currency}(?=\d)", currency + NBSP, text)
    return _typographic(text.replace(currency, sign))


def format_bytes(size: int, lang: str = "") -> str:
    """The size of a file: "312 KB", "2.4 MB"."""
    if size < 1_000_000:
        return f"{format_number(max(1, round(size / 1000)), lang)}{NBSP}KB"
    return f"{format_number(round(Decimal(size) / 1_000_000, 1), lang)}{NBSP}MB"


def weekday_names(lang: str = "") -> list[tuple[str, str]]:
    """(short, long) names from Monday on."""
    short, wide = (get_day_names(width, locale=_locale(_language(lang))) for width in ("abbreviated", "wide"))
    return [(short[number], wide[number]) for number in range(7)]


def locale_of(lang: str = "") -> str:
    """What Babel calls the language and its habits."""
    return LOCALES[_language(lang)]


def _language(lang: str) -> str:
    base = (lang or translation.get_language() or "en").partition("-")[0]
    return base if base in LOCALES else "en"


def _as_day(value: date) -> date:
    return _local(value, None).date() if isinstance(value, datetime) else value


def _local(value: datetime, tz: tzinfo | None) -> datetime:
    return timezone.localtime(value, tz) if timezone.is_aware(value) else value


def _typographic(text: str) -> str:
    return text.replace("-", MINUS)


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


@lru_cache
def _pattern(language: str, style: str) -> DateTimePattern:
    if style == "long":
        return _locale(language).date_formats["full"]
    if (language, style) == ("en", "weekday"):
        return parse_pattern(ENGLISH_WEEKDAY)
    skeletons = _locale(language).datetime_skeletons
    wanted = SKELETONS[style]
    return parse_pattern(skeletons[wanted if wanted in skeletons else match_skeleton(wanted, skeletons)])


@lru_cache(maxsize=4096)
def _day(day: date, language: str, style: str) -> str:
    return _pattern(language, style).apply(day, _locale(language))


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, language: str) -> str:
    return CLOCK.get(language, "{}").format(f"{hour:02}:{minute:02}")


@lru_cache(maxsize=256)
def _near(away: int, language: str) -> str:
    with translation.override(language):
        if abs(away) <= 1:
            return (gettext("today"), gettext("tomorrow"), gettext("yesterday"))[away]
        if away > 0:
            return ngettext("in %(days)d day", "in %(days)d days", away) % {"days": away}
        return ngettext("%(days)d day ago", "%(days)d days ago", -away) % {"days": -away}

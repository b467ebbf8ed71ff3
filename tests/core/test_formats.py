"""Formats by language: the table of the design, section 8."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from portal.core import formats

NBSP, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
DAY = date(2026, 11, 19)
MOMENT = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def plain(text):
    """No-break spaces as ordinary ones, to read the table."""
    return text.replace(NBSP, " ").replace(NARROW, " ")


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "19 Nov 2026"),
        ("de", "19. Nov. 2026"),
        ("nb", "19. nov. 2026"),
        ("ru", "19 нояб. 2026 г."),
        ("uk", "19 лист. 2026 р."),
        ("hu", "2026. nov. 19."),
    ],
)
def test_date(lang, text):
    assert plain(formats.format_date(DAY, lang)) == text


def test_date_styles():
    styles = ("short", "weekday", "long", "month")

    assert [formats.format_date(DAY, "en", style=style) for style in styles] == [
        "19 Nov",
        "Thu, 19 Nov",
        "Thursday, 19 November 2026",
        "November 2026",
    ]
    assert formats.format_date(DAY, "de", style="long") == "Donnerstag, 19. November 2026"


@pytest.mark.parametrize(("lang", "text"), [("en", "16:00"), ("de", "16:00 Uhr"), ("nb", "kl. 16:00"), ("hu", "16:00")])
def test_time_in_the_readers_zone(lang, text):
    assert plain(formats.format_time(MOMENT, lang, tz=BERLIN)) == text


def test_two_times_of_one_day_name_the_clock_once():
    with timezone.override(BERLIN):
        said = [plain(formats.format_times(MOMENT, MOMENT.replace(minute=40), lang)) for lang in ("en", "de", "nb")]
    assert said == ["16:00–16:40", "16:00–16:40 Uhr", "kl. 16:00–16:40"]


def test_moment_follows_the_active_zone_and_language():
    with timezone.override("Asia/Tokyo"), translation.override("de"):
        assert plain(formats.format_datetime(MOMENT)) == "20. Nov. 2026, 00:00 Uhr"
        assert formats.format_date(MOMENT) == "20. Nov. 2026"


def test_two_readers_of_one_moment_do_not_share_a_cached_text():
    assert formats.format_datetime(MOMENT, "en", tz=BERLIN) == "19 Nov 2026, 16:00"
    assert formats.format_datetime(MOMENT, "en", tz=UTC) == "19 Nov 2026, 15:00"


def test_near_days_in_words():
    near = [formats.format_relative_day(date(2026, 11, day), "en", today=DAY) for day in (18, 19, 20, 24, 14, 26)]

    assert near == ["yesterday", "today", "tomorrow", "in 5 days", "5 days ago", "in 7 days"]
    assert formats.format_relative_day(date(2026, 11, 27), "en", today=DAY) == "27 Nov 2026"


@pytest.mark.parametrize(
    ("lang", "number", "money", "percent", "hours"),
    [
        ("en", "48,210.5", "€6,840.00", "12.4%", "4:03 h"),
        ("de", "48.210,5", "6.840,00 €", "12,4 %", "4:03 Std."),
        ("nb", "48 210,5", "6 840,00 €", "12,4 %", "4:03 t"),
        ("ru", "48 210,5", "6 840,00 €", "12,4 %", "4:03 ч"),
        ("hu", "48 210,5", "6840,00 €", "12,4%", "4:03 ó"),
    ],
)
def test_numbers(lang, number, money, percent, hours):
    assert plain(formats.format_number(Decimal("48210.5"), lang)) == number
    assert plain(formats.format_money(Decimal("6840"), "EUR", lang)) == money
    assert plain(formats.format_percent(Decimal("0.124"), lang)) == percent
    assert plain(formats.format_hours(243, lang)) == hours


@pytest.mark.parametrize(
    ("lang", "crowns", "francs"),
    [
        ("en", "−NOK 24,000.00", "CHF 0.50"),
        ("de", "−24.000,00 NOK", "0,50 CHF"),
        ("nb", "−24 000,00 kr", "0,50 CHF"),
        ("hu", "−24 000,00 NOK", "0,50 CHF"),
    ],
)
def test_letters_of_a_currency_stand_apart_from_the_amount(lang, crowns, francs):
    assert plain(formats.format_money(Decimal(-24000), "NOK", lang)) == crowns
    assert plain(formats.format_money(Decimal("0.5"), "CHF", lang)) == francs
    assert " " not in formats.format_money(Decimal(24000), "NOK", lang)


def test_amounts_do_not_break_across_lines():
    for lang in formats.LOCALES:
        assert " " not in formats.format_money(Decimal("-1234567.5"), "EUR", lang)


def test_negative_numbers_have_a_true_minus():
    assert formats.format_number(-5, "en") == "−5"
    assert formats.format_money(Decimal("-5"), "EUR", "en") == "−€5.00"
    assert formats.format_minutes(-5) == "−0:05"


def test_sizes_of_files():
    assert [formats.format_bytes(size, "en") for size in (0, 312_400, 2_400_000)] == [
        f"1{NBSP}KB",
        f"312{NBSP}KB",
        f"2.4{NBSP}MB",
    ]


def test_unknown_language_falls_back_to_english():
    assert formats.format_date(DAY, "fr-ca") == "19 Nov 2026"
    assert formats.format_date(DAY, "de-at") == "19. Nov. 2026"

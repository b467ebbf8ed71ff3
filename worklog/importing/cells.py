"""Days, clocks and durations as the exports write them."""

import re
from datetime import date
from decimal import Decimal

ISO, DAY_FIRST, MONTH_FIRST = "iso", "day", "month"
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
_PARTS = re.compile(r"^(\d{1,2})([./-])\s?(\d{1,2})[./-]\s?(\d{4})$")
_CLOCK = re.compile(r"^(?:.*[T ])?(\d{1,2}):(\d{2})(?::\d{2})?\s*([ap])?\.?m?\.?$", re.IGNORECASE)
_SPAN = re.compile(r"^(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?:\s*h)?$")
_HOURS = re.compile(r"^(\d{1,3})(?:[.,](\d{1,6}))?(?:\s*h)?$")
_SECONDS = re.compile(r"^\d{4,6}$")
HALF = Decimal("0.5")


def order_of(days: list[str]) -> str:
    """Whether days are written day first or month first; "" when these could be both. A point means day first."""
    parts = [found for day in days if (found := _PARTS.match(day.strip()))]
    if not parts:
        return ISO
    if any(found[2] == "." or int(found[1]) > 12 for found in parts):
        return DAY_FIRST
    return MONTH_FIRST if any(int(found[3]) > 12 for found in parts) else ""


def day_of(text: str, order: str) -> date | None:
    text = text.strip()
    try:
        if found := _ISO.match(text):
            return date(*map(int, found.groups()))
        if found := _PARTS.match(text):
            first, second, year = int(found[1]), int(found[3]), int(found[4])
            return date(year, first, second) if order == MONTH_FIRST else date(year, second, first)
    except ValueError:
        pass
    return None


def clock_of(text: str) -> int | None:
    """Minutes since midnight: "09:05", "9:05:33 PM", "2026-11-27 09:05:00". Seconds do not count."""
    found = _CLOCK.match(text.strip())
    if not found or int(found[2]) > 59:
        return None
    hour = int(found[1])
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
    return hour * 60 + int(found[2]) if hour < 24 else None


def minutes_of(text: str) -> int | None:
    """A duration, to the nearest minute: "01:30:00", "1:30", "1.5", "1,50", and the seconds of Kimai ("5400")."""
    text = text.strip()
    if found := _SPAN.match(text):
        seconds = int(found[3] or 0)
        return int(found[1]) * 60 + int(found[2]) + (seconds >= 30)
    if _SECONDS.match(text):
        return int(Decimal(text) / 60 + HALF)
    if _HOURS.match(text):
        return int(Decimal(text.replace("h", "").strip().replace(",", ".")) * 60 + HALF)
    return None


def is_yes(text: str) -> bool | None:
    """Billable or not; None when nothing is said."""
    word = text.strip().casefold()
    if word in ("yes", "ja", "1", "true", "oui", "да", "так", "igen"):
        return True
    return False if word in ("no", "nein", "nei", "0", "false", "non", "нет", "ні", "nem") else None

"""Calendar parts of mails, read without expanding anything. Never raises."""

from datetime import date
from typing import Any

from icalendar import Calendar
from icalendar.timezone import tzp

from portal.mail.parsed import Appointment, Attachment
from portal.mail.text import clean_line

TYPES = {"text/calendar", "application/ics"}
MAX_BYTES = 500_000


def appointment_in(files: list[Attachment]) -> Appointment | None:
    """The first appointment among the files."""
    for file in files:
        if file.content_type in TYPES and len(file.content) <= MAX_BYTES:
            found = _first(file.content)
            if found:
                return found
    return None


def _first(content: bytes) -> Appointment | None:
    tzp.use_default()  # else what one mail says of a clock would hold for the clocks of that name in all later mails
    try:
        calendar = Calendar.from_ical(content)
        event = next(iter(calendar.walk("VEVENT")), None)
        if event is None:
            return None
        return Appointment(
            method=clean_line(str(calendar.get("METHOD", ""))).upper()[:20],
            summary=clean_line(str(event.get("SUMMARY", "")))[:200],
            place=clean_line(str(event.get("LOCATION", "")))[:200],
            starts=_moment(event.get("DTSTART")),
            ends=_moment(event.get("DTEND")) or _end(event),
        )
    except Exception:  # calendars of programs that know no standard
        return None


def _end(event: Any) -> str:
    start, duration = event.get("DTSTART"), event.get("DURATION")
    return _moment_of(start.dt + duration.dt) if start and duration else ""


def _moment(found: Any) -> str:
    return _moment_of(found.dt) if found is not None else ""


def _moment_of(value: Any) -> str:
    """ISO 8601: with its offset where the zone is known; a day alone has ten characters."""
    return value.isoformat() if isinstance(value, date) else ""

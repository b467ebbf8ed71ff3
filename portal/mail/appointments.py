"""The appointment in a mail (RFC 5545, RFC 5546): read where mails are read, put into one line where the language is known."""

from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.formats import format_date, format_time
from portal.mail.parsed import Appointment


def line_of(appointment: Appointment, tz: tzinfo) -> str:
    """For instance "Invitation: Jour fixe, Tue 3 Mar 10:00–11:00, Zoom", in the current language."""
    titles = {
        "REQUEST": pgettext("calendar", "Invitation"),
        "CANCEL": pgettext("calendar", "Cancelled"),
        "REPLY": pgettext("calendar", "Answer to an invitation"),
        "COUNTER": pgettext("calendar", "Another time proposed"),
    }
    title = titles.get(appointment.method, pgettext("calendar", "Appointment"))
    parts = [appointment.summary or _("no title"), _span(appointment, tz), appointment.place]
    return f"{title}: {', '.join(part for part in parts if part)}"[:500]


def _span(appointment: Appointment, tz: tzinfo) -> str:
    start, end = _moment(appointment.starts, tz), _moment(appointment.ends, tz)
    if start is None:
        return ""
    day = format_date(_day(start), style="weekday")
    if not isinstance(start, datetime):
        last = end - timedelta(days=1) if isinstance(end, date) and not isinstance(end, datetime) else None
        return f"{day} – {format_date(last, style='weekday')}" if last and last > start else day
    if not isinstance(end, datetime) or end <= start:
        return f"{day} {format_time(start, tz=tz)}"
    until = format_time(end, tz=tz)
    if end.date() != start.date():
        until = f" {format_date(end.date(), style='weekday')} {until}"
    return f"{day} {format_time(start, tz=tz)}–{until}"


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _moment(value: str, tz: tzinfo) -> Any:
    """A day, or a moment in the reader's zone; a moment without a zone is in his."""
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=tz) if found.tzinfo is None else found.astimezone(tz)
    except (ValueError, OverflowError):
        return None

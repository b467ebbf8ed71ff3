"""What calendar programs answer to our invitations (RFC 5546, METHOD:REPLY): the person's yes, no or maybe.

A reply holds the moment to which it says yes. When the meeting was moved in between, it does not count.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from icalendar import Calendar

from portal.core.zones import zone
from portal.mail import replies
from portal.mail.models import InboundMail
from portal.mail.parsed import Attachment
from portal.tenancy.models import Member
from protocols.meetings import actions
from protocols.meetings.ical import MEETING, SERIES, begin_of
from protocols.models import Meeting
from protocols.models.meetings import Answer

LONGEST = 100_000
"""Bytes of a calendar object; a reply has some hundreds."""


@dataclass(frozen=True)
class Said:
    """uid: without its domain. day, starts: which day of a series is meant, and when it begins; None when the reply has none."""

    uid: str
    answer: str
    day: datetime | date | None
    starts: datetime | date | None


def register() -> None:
    """Called from AppConfig.ready."""
    for code, name in ((MEETING, "pk"), (SERIES, "series")):
        replies.register(code, partial(take, name), may=partial(may, name), is_calendar=True)


def may(name: str, member: Member, pk: int) -> bool:
    """Whether there is still something to answer. name: the field of meetings that has this pk."""
    return _coming(name, member, pk).exists()


def take(name: str, member: Member, pk: int, _text: str, calendars: list[Attachment], _inbound: InboundMail) -> None:
    """The answer of the member; PermissionDenied when it is none, or not to the meeting as it stands now."""
    said = said_in(calendars[0].content)
    for meeting in _coming(name, member, pk):
        is_whole = _is_series(meeting, said) and said.day is None
        if is_whole or _is_this(meeting, said):
            begins = begin_of(meeting.series) if is_whole else meeting.starts_at
            if isinstance(said.starts, datetime) and said.starts.tzinfo and said.starts != begins:
                break
            return actions.answer(meeting, by=member, answer=said.answer, whole_series=is_whole)
    raise PermissionDenied


def said_in(content: bytes) -> Said:
    """Read a reply; PermissionDenied for anything else."""
    try:
        calendar = Calendar.from_ical(content[:LONGEST])
        (event,) = calendar.walk("VEVENT")
        attendees = event["ATTENDEE"] if isinstance(event["ATTENDEE"], list) else [event["ATTENDEE"]]
        answer, method = str(attendees[0].params["PARTSTAT"]).upper(), str(calendar["METHOD"]).upper()
        uid = str(event["UID"]).partition("@")[0]
        found = Said(uid, answer, event.decoded("RECURRENCE-ID", None), event.decoded("DTSTART", None))
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as wrong:
        raise PermissionDenied from wrong
    if method != "REPLY" or answer not in Answer.values:
        raise PermissionDenied
    return found


def _coming(name: str, member: Member, pk: int):
    rows = Meeting.objects.visible_to(member).with_guest(member).coming().filter(**{name: pk})
    return rows.select_related("client", "series").order_by("starts_at", "pk")


def _is_series(meeting: Meeting, said: Said) -> bool:
    return meeting.series is not None and str(meeting.series.uid) == said.uid


def _is_this(meeting: Meeting, said: Said) -> bool:
    """By its own uid, or by that of its series and its day there."""
    if not _is_series(meeting, said):
        return str(meeting.uid) == said.uid
    day = said.day
    if isinstance(day, datetime):
        day = (day.astimezone(zone(meeting.series.time_zone)) if day.tzinfo else day).date()
    return meeting.original_on == day

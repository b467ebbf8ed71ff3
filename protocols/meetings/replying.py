"""What calendar programs answer to our invitations (RFC 5546, METHOD:REPLY): the person's yes, no or maybe.

A reply holds the moment to which it says yes. When the meeting was moved in between, it does not count.

The clocks that a reply describes are not read: their rules may beat each second for centuries, and icalendar would take them for
everybody's clocks of that name. Names that are known need no description.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from icalendar import Calendar
from icalendar.parser import Contentlines

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
CLOCK = "VTIMEZONE"


@dataclass(frozen=True)
class Said:
    """uid: without its domain. day, starts: which day of a series is meant, and when it begins; None when the reply has none.

    sequence: the number of the invitation that is answered, None when the reply has none.
    """

    uid: str
    answer: str
    day: datetime | date | None
    starts: datetime | date | None
    sequence: int | None


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
            if _is_to_another_plan(meeting, said, is_whole=is_whole):
                break
            return actions.answer(meeting, by=member, answer=said.answer, whole_series=is_whole)
    raise PermissionDenied


def said_in(content: bytes) -> Said:
    """Read a reply; PermissionDenied for anything else."""
    try:
        calendar = Calendar.from_ical(_without_clocks(content[:LONGEST]))
        (event,) = calendar.walk("VEVENT")
        attendees = event["ATTENDEE"] if isinstance(event["ATTENDEE"], list) else [event["ATTENDEE"]]
        answer, method = str(attendees[0].params["PARTSTAT"]).upper(), str(calendar["METHOD"]).upper()
        uid = str(event["UID"]).partition("@")[0]
        day, starts, sequence = (event.decoded(name, None) for name in ("RECURRENCE-ID", "DTSTART", "SEQUENCE"))
        found = Said(uid, answer, day, starts, sequence)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as wrong:
        raise PermissionDenied from wrong
    if method != "REPLY" or answer not in Answer.values:
        raise PermissionDenied
    return found


def _without_clocks(content: bytes) -> str:
    """What is left describes no clock; PermissionDenied when one cannot be told from the rest."""
    left, is_clock = [], False
    for line in Contentlines.from_ical(content):
        words = line.upper()
        is_clock = is_clock or words == f"BEGIN:{CLOCK}"
        if not is_clock:
            left.append(line)
        is_clock = is_clock and words != f"END:{CLOCK}"
    if any(CLOCK in line.upper() for line in left):
        raise PermissionDenied
    return "\r\n".join(left)


def _is_to_another_plan(meeting: Meeting, said: Said, *, is_whole: bool) -> bool:
    """By the moment that it says; by the number of the invitation where nobody knows which moment that is."""
    if not isinstance(said.starts, datetime):
        return False
    if said.starts.tzinfo:
        return said.starts != (begin_of(meeting.series) if is_whole else meeting.starts_at)
    return said.sequence not in (None, _sequence_of(meeting, said, is_whole=is_whole))


def _sequence_of(meeting: Meeting, said: Said, *, is_whole: bool) -> int:
    """As protocols.meetings.ical writes it."""
    if not _is_series(meeting, said):
        return meeting.sequence
    return meeting.series.sequence + (0 if is_whole else meeting.sequence)


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

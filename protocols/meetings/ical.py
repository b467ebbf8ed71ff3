"""Meetings as iCalendar (RFC 5545, RFC 5546): invitations by mail, and the calendar that a person subscribes to.

Each person is the only attendee of his own copy, so that nobody learns addresses of others; who else comes stands on the page.
Internal things are not read here at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from portal.core.zones import zone
from portal.mail.reply_addresses import Question, address_of
from portal.tenancy.models import Agency, Client, Member
from protocols.addresses import in_words
from protocols.meetings.planning import moment_of, rule_of
from protocols.models import Meeting, MeetingSeries

MEETING, SERIES = "meeting", "meeting.series"
"""What an answer is about: purposes of portal.mail.replies. One for each uid, so that the organiser stays the same."""
PRODUCT = "-//Glasshouse//Meetings//EN"
YEARS_OF_CLOCKS = 11
"""So many years ahead the changes of clocks are written down."""


@dataclass(frozen=True)
class Desk:
    """For whom it is written. base: what absolute addresses begin with, inside `agency_urls`; answers: what he said, by meeting."""

    agency: Agency
    member: Member
    base: str
    answers: dict[int, str]

    @property
    def domain(self) -> str:
        return (self.agency.mail_domain or settings.MAIL_DOMAIN).lower()

    def page_of(self, meeting: Meeting) -> str:
        return self._address("protocols:meeting", meeting.client.slug, meeting.pk)

    def list_of(self, client: Client) -> str:
        return self._address("protocols:meetings", client.slug)

    def organiser_of(self, row: Meeting | MeetingSeries) -> str:
        """Where this person's calendar program sends the answer."""
        series_id = row.pk if isinstance(row, MeetingSeries) else row.series_id
        about = (series_id, SERIES) if series_id else (row.pk, MEETING)
        return address_of(Question(self.agency.pk, self.member.pk, *about), self.agency)

    def _address(self, name: str, *args) -> str:
        """Also from the subscription's own address, which is outside every agency."""
        return self.base + reverse(name, urlconf=settings.ROOT_URLCONF, args=args)


def calendar_of(events: Iterable[Event], *, method: str = "", name: str = "") -> str:
    """A whole calendar with the clocks that its events name."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(event)
    years = [event.decoded("dtstart").year for event in calendar.walk("VEVENT")]
    if years:
        calendar.add_missing_timezones(date(min(years), 1, 1), date(max(years) + YEARS_OF_CLOCKS, 1, 1))
    return calendar.to_ical().decode()


def single(meeting: Meeting, desk: Desk) -> Event:
    """A meeting that stands alone."""
    event = _filled(meeting, desk)
    event.add("uid", f"{meeting.uid}@{desk.domain}")
    event.add("sequence", meeting.sequence)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    return event


def occurrence(meeting: Meeting, series: MeetingSeries, desk: Desk) -> Event:
    """One meeting of a series that differs from it, or is called off on its own."""
    event, clock = _filled(meeting, desk), zone(series.time_zone)
    event.add("uid", f"{series.uid}@{desk.domain}")
    event.add("sequence", series.sequence + meeting.sequence)
    event.add("recurrence-id", _planned(meeting.original_on, series))
    event.add("dtstart", meeting.starts_at.astimezone(clock))
    event.add("dtend", meeting.ends_at.astimezone(clock))
    return event


def whole(series: MeetingSeries, desk: Desk, called_off: Sequence[Meeting] = (), answer: str = "") -> Event:
    """The series itself. The clock on the wall of its zone counts, so the hour stays when the clocks change."""
    edited_at = max([series.edited_at, *(row.edited_at for row in called_off)])
    event = _written(series, desk, desk.list_of(series.client), edited_at)
    event.add("uid", f"{series.uid}@{desk.domain}")
    event.add("sequence", series.sequence)
    begins = begin_of(series)
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=series.duration_minutes))
    event.add("rrule", _rule(series))
    if called_off:
        event.add("exdate", [_planned(row.original_on, series) for row in called_off])
    event.add("status", "CANCELLED" if is_void(series) else "CONFIRMED")
    event.add("attendee", _attendee(desk, answer))
    return event


def is_void(series: MeetingSeries) -> bool:
    """It ended before its first day, as its plan is now."""
    return series.last_on is not None and series.last_on < series.first_on


def belongs_to_plan(meeting: Meeting, series: MeetingSeries | None) -> bool:
    """Whether the day lies in the series as it stands now; earlier ones are of an older plan and stand alone."""
    return bool(series and meeting.original_on and meeting.original_on >= series.first_on)


def _rule(series: MeetingSeries) -> dict:
    rule = dict(rule_of(series.rhythm, series.first_on))
    if series.last_on:
        last = max(series.last_on, series.first_on)
        return rule | {"UNTIL": moment_of(last, series.starts_at_time, series.time_zone)}
    return rule


def begin_of(series: MeetingSeries) -> datetime:
    """When its first meeting begins, as it stands now."""
    return _planned(series.first_on, series)


def _planned(day: date | None, series: MeetingSeries) -> datetime:
    """That day at the series' time, as its zone's clock shows it."""
    assert day is not None  # only rows of a series come here
    return datetime.combine(day, series.starts_at_time, zone(series.time_zone))


def _filled(meeting: Meeting, desk: Desk) -> Event:
    event = _written(meeting, desk, desk.page_of(meeting), meeting.edited_at)
    status = "CANCELLED" if meeting.is_cancelled else "TENTATIVE" if meeting.is_proposal else "CONFIRMED"
    event.add("status", status)
    event.add("attendee", _attendee(desk, desk.answers.get(meeting.pk, "")))
    return event


def _written(row: Meeting | MeetingSeries, desk: Desk, page: str, edited_at: datetime) -> Event:
    event = Event()
    event.add("summary", f"{row.title} ({row.client.name})")
    event.add("dtstamp", edited_at)
    event.add("created", row.created_at)
    event.add("last-modified", edited_at)
    if row.place:
        event.add("location", in_words(row.place))
    event.add("description", _("Agenda and answers:") + f"\n{page}")
    event.add("url", page)
    event.add("organizer", _organiser(row, desk))
    return event


def _organiser(row: Meeting | MeetingSeries, desk: Desk) -> vCalAddress:
    found = vCalAddress(f"mailto:{desk.organiser_of(row)}")
    found.params["CN"] = vText(desk.agency.sender_name or desk.agency.name)
    return found


def _attendee(desk: Desk, answer: str) -> vCalAddress:
    """What a program answers comes back to protocols.meetings.replying."""
    found = vCalAddress(f"mailto:{desk.member.user.email}")
    found.params["CN"] = vText(str(desk.member))
    found.params["PARTSTAT"] = vText(answer or "NEEDS-ACTION")
    found.params["RSVP"] = vText("TRUE")
    return found

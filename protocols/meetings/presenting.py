"""Meetings in words, formatted once in Python."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date as babel_date
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.core.formats import format_date, format_relative_day, format_time, locale_of
from portal.core.zones import zone
from portal.tenancy.models import Client, Member
from portal.tenancy.naming import house_of, name_of
from protocols.addresses import Part, in_parts
from protocols.meetings import planning
from protocols.models import Meeting, MeetingGuest, MeetingSeries, MeetingTopic
from protocols.models.meetings import Answer

SAID = {
    Answer.YES: ("ok", gettext_lazy("You said yes")),
    Answer.NO: ("mute", gettext_lazy("You said no")),
    Answer.MAYBE: ("warn", gettext_lazy("You said maybe")),
}
SOON = timedelta(days=21)
"""So long before it a meeting of a series asks for an answer in the list."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. line: texts with their addresses (protocols.addresses)."""

    url: str
    day: str
    title: str
    line: list[list[Part]]
    state: str
    tone: str
    pk: int


def rows_of(meetings: Iterable[Meeting], client: Client, member: Member, topics: dict[int, int]) -> list[Row]:
    """Lines of the list. Meetings come with the facts of protocols.meetings.reading; topics: how many each has."""
    return [_row(meeting, client, member, topics.get(meeting.pk, 0)) for meeting in meetings]


def _row(meeting: Meeting, client: Client, member: Member, topics: int) -> Row:
    line = [in_parts(hours_of(meeting)), in_parts(meeting.place)]
    more = []
    if topics:
        more.append(ngettext("%(number)d item", "%(number)d items", topics) % {"number": topics})
    if meeting.is_proposal:
        more.append(_("proposed by %(name)s") % {"name": name_of(meeting.created_by)})
    elif meeting.moved_at and meeting.original_on and timezone.localdate(meeting.starts_at) != meeting.original_on:
        more.append(_("moved from %(day)s, only this one") % {"day": format_date(meeting.original_on, style="short")})
    state, tone = state_of(meeting, member)
    url = reverse("protocols:meeting", args=[client.slug, meeting.pk])
    day = format_date(meeting.starts_at, style="short" if _is_near(meeting.starts_at) else "date")
    return Row(
        url, day, meeting.title, [part for part in [*line, *map(in_parts, more)] if part], state, tone, meeting.pk
    )


def state_of(meeting: Meeting, member: Member) -> tuple[str, str]:
    """State in a word, and its tone; `number`, `published_at` and `my_answer` are annotated."""
    if meeting.is_cancelled:
        return (_("Called off"), "mute") if meeting.confirmed_at else (_("Declined"), "mute")
    if meeting.is_proposal:
        return _("Proposed"), "warn" if member.is_specialist else "info"
    if meeting.is_over:
        return _state_of_past(meeting)
    if meeting.my_answer:
        tone, words = SAID[Answer(meeting.my_answer)]
        return str(words), tone
    is_asked = meeting.my_answer == "" and (meeting.series_id is None or meeting.starts_at - timezone.now() < SOON)
    return (_("Answer wanted"), "brand") if is_asked else (_("Planned"), "mute")


def _state_of_past(meeting: Meeting) -> tuple[str, str]:
    if meeting.published_at:
        return _("Protocol"), "ok"
    if meeting.waived_at:
        return _("No protocol needed"), "mute"
    return (_("Draft of the protocol"), "mute") if meeting.number else (_("No protocol yet"), "warn")


def _is_near(moment: datetime) -> bool:
    return abs((timezone.now() - moment).days) < 180


def hours_of(meeting: Meeting) -> str:
    """ "10:00 to 10:45" by the reader's clock."""
    words = {"start": format_time(meeting.starts_at), "end": format_time(meeting.ends_at)}
    return _("%(start)s to %(end)s") % words


def when_of(meeting: Meeting) -> str:
    """Day and hours; the zone when the reader's clock is not the agency's."""
    text = f"{format_date(meeting.starts_at, style='long')}, {hours_of(meeting)}"
    here, there = timezone.get_current_timezone(), zone(meeting.client.agency.time_zone)
    if meeting.starts_at.astimezone(there).utcoffset() == meeting.starts_at.astimezone(here).utcoffset():
        return text
    return f"{text} ({str(here).replace('_', ' ')})"


def lede_of(meeting: Meeting) -> str:
    """When, where, and which one of its series."""
    parts = [when_of(meeting), meeting.place]
    if meeting.series and meeting.original_on and meeting.original_on >= meeting.series.first_on:
        series = meeting.series
        number = planning.number_of(series.rhythm, series.first_on, meeting.original_on)
        words = {"rhythm": series.get_rhythm_display(), "number": number}
        parts.append(_("%(rhythm)s, number %(number)d of this series") % words)
    return " · ".join(filter(None, parts))


def nearness_of(meeting: Meeting) -> str:
    """ "in 5 days"."""
    return format_relative_day(timezone.localdate(meeting.starts_at))


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who is invited, and the answer."""

    name: str
    house: str
    answer: str
    tone: str


ANSWERED = {
    Answer.YES: ("ok", gettext_lazy("Yes")),
    Answer.MAYBE: ("warn", gettext_lazy("Maybe")),
    Answer.NO: ("bad", gettext_lazy("No")),
    "": ("mute", gettext_lazy("No answer yet")),
}


def seats_of(guests: Iterable[MeetingGuest], meeting: Meeting) -> list[Seat]:
    """Guests by name, the leader first."""
    ordered = sorted(guests, key=lambda guest: (guest.member_id != meeting.leader_id, str(guest.member)))
    return [_seat(guest, meeting) for guest in ordered]


def _seat(guest: MeetingGuest, meeting: Meeting) -> Seat:
    tone, words = ANSWERED[guest.answer]
    house = house_of(guest.member, meeting.client)
    if guest.member_id == meeting.leader_id:
        house = _("%(house)s, leads") % {"house": house}
    return Seat(str(guest.member), house, str(words), tone)


def answers_in_words(guests: Iterable[MeetingGuest], meeting: Meeting) -> str:
    """Who leads, who said what: one line."""
    said: dict[str, list[str]] = {}
    for guest in sorted(guests, key=lambda guest: str(guest.member)):
        if guest.member_id != meeting.leader_id:
            said.setdefault(guest.answer, []).append(str(guest.member))
    parts = [_("%(name)s leads") % {"name": meeting.leader}] if meeting.leader else []
    parts += [f"{words}: {', '.join(said[answer])}" for answer, (_tone, words) in ANSWERED.items() if answer in said]
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the agenda."""

    pk: int
    text: str
    by: str
    minutes: int | None
    may_change: bool
    is_first: bool
    is_last: bool


def points_of(topics: list[MeetingTopic], meeting: Meeting, member: Member) -> list[Point]:
    """The agenda in its order."""
    return [
        Point(
            pk=topic.pk,
            text=topic.text,
            by=", ".join(filter(None, [name_of(topic.added_by), house_of(topic.added_by, meeting.client)])),
            minutes=topic.minutes,
            may_change=_may_change(topic, meeting, member),
            is_first=number == 0,
            is_last=number == len(topics) - 1,
        )
        for number, topic in enumerate(topics)
    ]


def _may_change(topic: MeetingTopic, meeting: Meeting, member: Member) -> bool:
    topic.meeting = meeting
    return topic.can_be_changed_by(member)


def time_in_words(topics: Iterable[MeetingTopic], meeting: Meeting) -> str:
    """ "35 of 45 min planned"; "" when nobody gave minutes."""
    planned = sum(topic.minutes or 0 for topic in topics)
    if not planned:
        return ""
    return _("%(planned)d of %(all)d min planned.") % {"planned": planned, "all": meeting.duration_minutes}


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series in the margin."""

    pk: int
    title: str
    line: list[str]
    url: str


def series_rows(following: Iterable[Meeting], client: Client) -> list[SeriesRow]:
    """Series, each given by its next meeting."""
    return [
        SeriesRow(
            meeting.series.pk,
            meeting.series.title,
            rhythm_of(meeting.series, meeting.starts_at),
            reverse("protocols:meeting", args=[client.slug, meeting.pk]),
        )
        for meeting in following
        if meeting.series
    ]


def rhythm_of(series: MeetingSeries, next_at: datetime) -> list[str]:
    """How often, and when by the reader's clock; the day of the week or the next date."""
    line = [str(series.get_rhythm_display())]
    if series.rhythm.startswith("WEEKLY"):
        return [*line, f"{weekday_of(timezone.localdate(next_at))}, {format_time(next_at)}"]
    words = {"day": format_date(next_at, style="short"), "time": format_time(next_at)}
    return [*line, _("next on %(day)s, %(time)s") % words]


def weekday_of(day: date) -> str:
    """ "Tuesday"."""
    return babel_date(day, "EEEE", locale=locale_of())


def facts_for_mail(meeting: Meeting, series: MeetingSeries | None) -> list[tuple[str, str]]:
    """When, where, who leads; label and words."""
    facts = [(_("When"), when_of(meeting))]
    if series:
        facts.append((_("How often"), str(series.get_rhythm_display())))
    if meeting.place:
        facts.append((_("Where"), meeting.place))
    if meeting.leader:
        facts.append((_("Led by"), str(meeting.leader)))
    return facts

"""From the rows of an agency's calendar to the business calendar that portal.core computes with."""

from collections.abc import Iterable
from datetime import datetime

from portal.core.business_time import BusinessCalendar, Window, window
from portal.tenancy.models import Absence, Agency, Calendar, Member


def calendar_of(agency: Agency) -> BusinessCalendar:
    """When this agency works: its default calendar with its own days off."""
    rows = Calendar.objects.prefetch_related("exceptions")
    return business_calendar(rows.get(agency=agency, is_default=True), agency.language)


def business_calendar(calendar: Calendar, language: str = "") -> BusinessCalendar:
    """The calendar of these rows; names of public holidays in the language."""
    return BusinessCalendar(
        zone=calendar.time_zone,
        week={int(day): windows_from(pairs) for day, pairs in calendar.windows.items()},
        exceptions={row.day: windows_from(row.windows) for row in calendar.exceptions.all()},
        country=calendar.country,
        region=calendar.region,
        language=language,
    )


def calendar_of_member(calendar: BusinessCalendar, member: Member) -> BusinessCalendar:
    """The same calendar without the member's absences."""
    absences = Absence.objects.filter(agency_id=member.agency_id, member=member)
    return calendar.closed_during(absences.values_list("starts_at", "ends_at"))


def stand_in_of(member: Member, at: datetime) -> Member:
    """Who is there for the member at that moment: a stand-in may be away too; the member himself when nobody is named."""
    return cover_of(member, at)[0]


def cover_of(member: Member, at: datetime) -> tuple[Member, datetime | None]:
    """The stand-in and until when, in one query; the member himself and None when nobody stands in."""
    known = getattr(member, "known_absences", None)  # read for this page already, see presence.py
    if known is None:
        rows = Absence.objects.filter(agency_id=member.agency_id, starts_at__lte=at, ends_at__gt=at)
        known = rows.select_related("stand_in__user").order_by("-pk")
    return covering(member, at, known)


def covering(member: Member, at: datetime, absences: Iterable[Absence]) -> tuple[Member, datetime | None]:
    """The same from rows of the agency that have been read, the newest first."""
    now = [row for row in absences if row.starts_at <= at < row.ends_at]
    away = {row.member_id: row for row in now if row.stand_in and row.stand_in.ended_at is None}
    until = None
    while member.pk in away:
        absence = away.pop(member.pk)
        until = min(until or absence.ends_at, absence.ends_at)
        member = absence.stand_in
    return member, until


def windows_from(pairs: Iterable[Iterable[str]]) -> tuple[Window, ...]:
    """Windows from stored pairs of clock times, ["09:00", "18:00"]."""
    return tuple(window(start, end) for start, end in pairs)

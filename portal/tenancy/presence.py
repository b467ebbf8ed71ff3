"""When somebody of the agency can be reached: its business calendar, less the absences, with stand-ins."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from babel.dates import format_date as babel_date
from django.core.cache import cache
from django.db.models import BigIntegerField, DateTimeField, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.business_time import (
    BusinessCalendar,
    NeverOpenError,
    end_of_business_day,
    is_open,
    next_opening,
    open_intervals,
)
from portal.core.context import tenant
from portal.core.formats import format_date, format_time, locale_of
from portal.core.prepared import Prepared, Slot
from portal.tenancy.calendars import calendar_of, covering
from portal.tenancy.models import Absence, Agency, Client, Member

REMEMBERED_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Presence:
    """member: who is there for the manager, often the manager; cover: that somebody stands in, and until when.

    line: "Here today until 18:00"; week: the hours of this week; zone: whose clock they mean, if not the reader's.
    """

    member: Member
    is_in: bool
    line: str
    cover: str
    week: list[dict]
    zone: str


def presence_of(manager: Member, agency: Agency, absences: list[Absence] | None = None) -> Presence:
    """Who is there for this account manager now, and when. Absences are the agency's own; only this is told of them.

    absences: those of the agency, where the page has asked for them already.
    """
    now = timezone.now()
    with tenant(agency.pk):
        calendar = remembered(agency)
        absences = _absences(agency, now) if absences is None else absences
    manager.known_absences = absences  # type: ignore[attr-defined]  # the foot of the menu asks for them too
    member, until = covering(manager, now, absences)
    own = calendar.closed_during((row.starts_at, row.ends_at) for row in absences if row.member_id == member.pk)
    return Presence(
        member=member,
        is_in=is_open(own, now),
        line=_line(own, now),
        cover=cover_line(member, until, calendar) if until and member != manager else "",
        week=_week(own, now),
        zone="" if _same_clock(own, now) else own.zone.replace("_", " "),
    )


def manager_presence(client: Client, agency: Agency) -> Presence:
    """The same of a client's account manager, asked once a page: the foot of the menu and the cards show it."""
    if not hasattr(client, "manager_now"):
        known = getattr(client, "known_absences", None)
        client.manager_now = presence_of(client.manager, agency, known)  # type: ignore[attr-defined,arg-type]
    return client.manager_now  # type: ignore[attr-defined]


def presence_for(client: Client, member: Member, agency: Agency) -> Presence:
    """The same of somebody who does something for the client; its manager's is then told without another question."""
    found = presence_of(member, agency)
    client.known_absences = member.known_absences  # type: ignore[attr-defined]
    return found


def _later() -> QuerySet[Absence]:
    agency, since = Slot("agency", BigIntegerField()), Slot("since", DateTimeField())
    rows = Absence.objects.filter(agency_id=agency, ends_at__gt=since)
    return rows.select_related("stand_in__user").order_by("-pk")


LATER = Prepared(_later)


def _absences(agency: Agency, now: datetime) -> list[Absence]:
    """Of this week and later."""
    return LATER.all(agency=agency.pk, since=now - timedelta(days=7))


def cover_line(member: Member, until: datetime, calendar: BusinessCalendar) -> str:
    """That somebody stands in, and the last day of it."""
    last = calendar.local(until - timedelta(seconds=1)).date()
    return _("%(name)s stands in until %(day)s") % {"name": member, "day": format_date(last, style="short")}


def forget_calendar(agency_id: int) -> None:
    """The hours have changed."""
    cache.delete(_key(agency_id))


def remembered(agency: Agency) -> BusinessCalendar:
    """Every contact's page asks for it, and it hardly ever changes."""
    calendar = cache.get(_key(agency.pk))
    if calendar is None:
        calendar = calendar_of(agency)
        cache.set(_key(agency.pk), calendar, REMEMBERED_SECONDS)
    return calendar


def _key(agency_id: int) -> str:
    return f"{agency_id}:calendar"


def _line(calendar: BusinessCalendar, now: datetime) -> str:
    try:
        opens = next_opening(calendar, now)
    except NeverOpenError:
        return ""
    if opens <= now:
        return _("Here today until %(time)s") % {"time": format_time(end_of_business_day(calendar, now))}
    words = {"time": format_time(opens), "day": format_date(opens, style="weekday")}
    away = (timezone.localdate(opens) - timezone.localdate(now)).days
    if away == 0:
        return _("Here today from %(time)s") % words
    return (_("Here tomorrow from %(time)s") if away == 1 else _("Here again on %(day)s from %(time)s")) % words


def _week(calendar: BusinessCalendar, now: datetime) -> list[dict]:
    """Monday to Sunday by the agency's clock; hours "" on days without any."""
    today = calendar.local(now).date()
    locale = locale_of()
    days = [today + timedelta(days=number - today.weekday()) for number in range(7)]
    return [
        {"name": babel_date(day, "EEE", locale=locale), "hours": _hours(calendar, day), "is_today": day == today}
        for day in days
    ]


def _hours(calendar: BusinessCalendar, day) -> str:
    midnight = datetime.combine(day, time(), calendar.local(timezone.now()).tzinfo)
    stretches = list(open_intervals(calendar, midnight, midnight + timedelta(days=1)))
    return f"{_clock(calendar, stretches[0][0])}–{_clock(calendar, stretches[-1][1])}" if stretches else ""


def _clock(calendar: BusinessCalendar, moment: datetime) -> str:
    local = calendar.local(moment)
    return f"{local.hour or 24 * (local.minute == 0)}" if not local.minute else f"{local:%-H:%M}"


def _same_clock(calendar: BusinessCalendar, now: datetime) -> bool:
    return calendar.local(now).utcoffset() == timezone.localtime(now).utcoffset()

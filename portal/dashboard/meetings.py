"""Meetings on the start pages: the next one of a client, those of today, and those whose protocol is still to be written."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_date, format_relative_day, format_time
from portal.dashboard.desk import Desk
from portal.dashboard.waiting import hours_of, when_of
from portal.tenancy.models import Member
from protocols.addresses import in_short


@dataclass(frozen=True, slots=True)
class Next:
    """The next meeting."""

    url: str
    title: str
    when: str
    line: str
    nearness: str


@dataclass(frozen=True, slots=True)
class Today:
    """A meeting of today. begin: where its minutes are opened; minutes: where they are, once they are begun."""

    url: str
    clock: str
    title: str
    line: list[str]
    begin: str
    minutes: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A meeting that was held. write: where its protocol is written, "" for who may not; is_begun: there is a draft."""

    url: str
    title: str
    line: list[str]
    write: str
    is_begun: bool


def next_of(desk: Desk) -> Next | None:
    """What is ahead with this client."""
    for entry in desk["meetings"]:
        starts, ends = entry["starts"], entry["ends"]
        items = ngettext("%(number)d item on the agenda", "%(number)d items on the agenda", entry["topics"] or 0)
        return Next(
            url=_url(entry),
            title=entry["title"],
            when=f"{format_date(starts, style='long')}, {hours_of(starts, ends)}",
            line=", ".join(
                filter(None, [in_short(entry["place"]), entry["topics"] and items % {"number": entry["topics"]}])
            ),
            nearness=format_relative_day(timezone.localdate(starts)),
        )
    return None


def today_of(desk: Desk, member: Member) -> list[Today]:
    """Everything of today, by the clock."""
    now, may_write = timezone.now(), member.can("write")
    return [_today(entry, now, may_write) for entry in desk["meetings"]]


def _today(entry: dict, now: datetime, may_write: bool) -> Today:
    slug, is_over = entry["slug"], entry["ends"] <= now
    may_begin = may_write and not is_over and not entry["number"] and not entry["is_closed"]
    minutes = reverse("protocols:detail", args=[slug, entry["number"]]) if entry["number"] else ""
    return Today(
        url=_url(entry),
        clock=format_time(entry["starts"]),
        title=entry["title"],
        line=[part for part in (entry["client"], in_short(entry["place"])) if part],
        begin=reverse("protocols:begin", args=[slug, entry["pk"]]) if may_begin else "",
        minutes=minutes,
        is_over=is_over,
    )


def unwritten_of(desk: Desk, member: Member) -> list[Unwritten]:
    """What the member led, or logged time for, and has not written a protocol of, the oldest first."""
    may_write = member.can("write")
    talks = [_unwritten_talk(entry, may_write) for entry in desk["talks"]]
    return [_unwritten(entry, may_write) for entry in desk["unwritten"]] + talks


def _unwritten_talk(entry: dict, may_write: bool) -> Unwritten:
    """A call or a meeting of which only the time is known."""
    slug, pk = entry["slug"], entry["pk"]
    write = f"{reverse('protocols:create', args=[slug])}?entry={pk}" if may_write else ""
    day = format_date(date.fromisoformat(entry["day"]), style="weekday")
    when = when_of(entry["starts"], entry["ends"]) if entry["starts"] else day
    return Unwritten(reverse("worklog:entry", args=[slug, pk]), entry["title"], [entry["client"], when], write, False)


def _unwritten(entry: dict, may_write: bool) -> Unwritten:
    slug, number = entry["slug"], entry["number"]
    write = f"{reverse('protocols:create', args=[slug])}?meeting={entry['pk']}"
    if number:
        write = reverse("protocols:edit", args=[slug, number])
    line = [entry["client"], when_of(entry["starts"], entry["ends"])]
    return Unwritten(_url(entry), entry["title"], line, write if may_write else "", bool(number))


def _url(entry: dict) -> str:
    return reverse("protocols:meeting", args=[entry["slug"], entry["pk"]])


def lede_of(today: list[Today], number_waiting: int, number_due: int) -> str:
    """The day in a sentence."""
    ahead = sum(not row.is_over for row in today)
    meetings = ngettext("%(number)d meeting ahead", "%(number)d meetings ahead", ahead)
    due = ngettext("%(number)d ticket due today", "%(number)d tickets due today", number_due)
    things = ngettext("%(number)s thing waits for you", "%(number)s things wait for you", number_waiting)
    parts = [(meetings, ahead), (due, number_due), (things, number_waiting)]
    said = [words % {"number": number} for words, number in parts if number]
    return " · ".join(said) or str(_("Nothing waits for you."))

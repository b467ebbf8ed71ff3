"""Entries as words, in days with two sides; formatted once per entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from babel.dates import format_date as babel_date
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.differences import difference
from portal.core.formats import format_date, format_datetime, locale_of
from portal.events.models import Event
from portal.files.kinds import INLINE_MEDIA_TYPES
from portal.tenancy.models import Client, Member
from portal.tenancy.models.role import Area
from timeline.events import POSTED
from timeline.models import FAR, Activity, ActivityFile
from timeline.redline import News, is_new


@dataclass(frozen=True, slots=True)
class Item:
    """One entry. mark: for staff, when the client will see it; tone of that mark. news: "New" or "Changed" since the last visit.

    title: plain, or with old and new words in one; gone: taken back.
    """

    url: str
    title: str
    news: str
    gone: bool
    line: tuple[str, ...]
    flag: str
    mark: str
    tone: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day, with the agency's entries on the left and the client's people's on the right."""

    number: int
    rest: str
    agency: list[Item]
    client: list[Item]


NO_NEWS = News()


def days_of(events: Iterable[Event], member: Member, client: Client, news: News = NO_NEWS) -> list[Day]:
    """Events in days of the reader's time zone, newest first: what was held back or shown early stands on its day too."""
    events = sorted(events, key=lambda event: (event.happened_at, event.pk), reverse=True)
    now, base = timezone.now(), reverse("timeline:index", args=[client.slug])
    flags = side_names(member, client)
    grouped = groupby(events, key=lambda event: timezone.localdate(event.happened_at))
    return [_day(day, [(e, _item(e, base, flags, member, now, news)) for e in found]) for day, found in grouped]


def _day(day: date, found: list[tuple[Event, Item]]) -> Day:
    pattern = "MMM, EEE" if day.year == timezone.localdate().year else "MMM y, EEE"
    sides = {side: [item for event, item in found if event.side == side] for side in ("agency", "client")}
    return Day(number=day.day, rest=babel_date(day, pattern, locale=locale_of()), **sides)


def _item(event: Event, base: str, flags: dict[str, str], member: Member, now: datetime, news: News) -> Item:
    mark, tone = mark_of(event, member, now)
    kind = event.payload.get("kind") if event.kind == POSTED else str(Area(event.area).label)
    return Item(
        url=f"{base}{event.pk}/",
        title=title_of(event, news),
        news=_("Changed") if event.pk in news.old else _("New") if is_new(event, member, news) else "",
        gone=is_taken_back(event),
        line=(str(kind), *([str(event.actor)] if event.actor else [])),
        flag=flags[event.side],
        mark=mark,
        tone=tone,
    )


def title_of(event: Event, news: News) -> str:
    """What it says; for whoever knew it in other words, both in one."""
    old = news.old.get(event.pk, {})
    return difference(event.title_with(old), event.title) if old else event.title


def is_taken_back(event: Event) -> bool:
    return bool(event.payload.get("taken_back"))


def side_names(member: Member, client: Client) -> dict[str, str]:
    """What the two sides are called: to contacts their own is "Your team"."""
    return {"agency": client.agency.name, "client": _("Your team") if member.is_contact else client.name}


def mark_of(event: Event, member: Member, now: datetime) -> tuple[str, str]:
    """For staff, whether and from when the client sees it, and the tone of that; "" for everybody else."""
    if not member.is_specialist:
        return "", ""
    if event.internal:
        return _("Only the agency sees this"), "mute"
    if event.visible_from >= FAR:
        return _("Held back"), "warn"
    if event.visible_from > now:
        return _("Client sees it on %(day)s") % {"day": format_date(event.visible_from)}, "warn"
    return "", ""


def horizon_of(member: Member, client: Client) -> str:
    """What is said above the entries about the delay; "" when there is none."""
    words = {"days": client.delay_days, "client": client.name}
    if not words["days"]:
        return ""
    if member.is_specialist:
        return _("%(client)s sees entries %(days)d days after the work. Those still to come are marked.") % words
    if member.is_vendor:
        return _("Your own entries appear at once, those of others %(days)d days after the work.") % words
    return _("Entries appear %(days)d days after the work, so that every one of them is checked.") % words


def facts_of(event: Event, member: Member) -> list[tuple[str, str]]:
    """What the detail says: label and words."""
    facts = [(_("When"), format_datetime(event.happened_at))]
    if event.actor:
        facts.append((_("Who"), str(event.actor)))
    if event.project:
        facts.append((_("Project"), event.project.name))
    if member.is_specialist and not event.internal:
        is_far = event.visible_from >= FAR
        facts.append((_("Visible to the client"), _("Held back") if is_far else format_date(event.visible_from)))
    return facts


def files_of(activity: Activity, links: Iterable[ActivityFile], member: Member, client: Client) -> list[dict]:
    """Its files with their addresses; pictures can be looked at in place."""
    found = []
    for link in links:
        url = reverse("timeline:download", args=[client.slug, activity.pk, link.pk])
        is_picture = link.file.media_type in INLINE_MEDIA_TYPES and not link.file.hindrance_for(member)
        found.append({"file": link.file, "url": url, "picture": f"{url}?inline=1" if is_picture else ""})
    return found

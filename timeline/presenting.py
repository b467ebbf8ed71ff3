"""Entries as words, in days with two sides; formatted once per entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from babel.dates import format_date as babel_date
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.formats import LOCALES, format_date, format_datetime
from portal.events.models import Event
from portal.tenancy.models import Client, Member
from portal.tenancy.models.role import Area


@dataclass(frozen=True, slots=True)
class Item:
    """One entry. mark: for staff, when the client will see it; tone of that mark."""

    url: str
    title: str
    line: list[str]
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


def days_of(events: Iterable[Event], member: Member, client: Client) -> list[Day]:
    """Events, newest first, in days of the reader's time zone."""
    now, base = timezone.now(), reverse("timeline:index", args=[client.slug])
    flags = side_names(member, client)
    grouped = groupby(events, key=lambda event: timezone.localdate(event.happened_at))
    return [_day(day, [(e, _item(e, base, flags, member, now)) for e in found]) for day, found in grouped]


def _day(day: date, found: list[tuple[Event, Item]]) -> Day:
    pattern = "MMM, EEE" if day.year == timezone.localdate().year else "MMM y, EEE"
    sides = {side: [item for event, item in found if event.side == side] for side in ("agency", "client")}
    return Day(number=day.day, rest=babel_date(day, pattern, locale=_locale()), **sides)


def _locale() -> str:
    return LOCALES.get((get_language() or "en").partition("-")[0], LOCALES["en"])


def _item(event: Event, base: str, flags: dict[str, str], member: Member, now: datetime) -> Item:
    mark, tone = mark_of(event, member, now)
    return Item(
        url=f"{base}{event.pk}/",
        title=event.title,
        line=[str(Area(event.area).label), *([str(event.actor)] if event.actor else [])],
        flag=flags[event.side],
        mark=mark,
        tone=tone,
    )


def side_names(member: Member, client: Client) -> dict[str, str]:
    """What the two sides are called: to contacts their own is "Your team"."""
    return {"agency": client.agency.name, "client": _("Your team") if member.is_contact else client.name}


def mark_of(event: Event, member: Member, now: datetime) -> tuple[str, str]:
    """For staff, whether and from when the client sees it, and the tone of that; "" for everybody else."""
    if not member.is_specialist:
        return "", ""
    if event.internal:
        return _("Only the agency sees this"), "mute"
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
        facts.append((_("Visible to the client"), format_date(event.visible_from)))
    return facts

"""What is news to a reader: entries that appeared since the last visit, and entries that say something else since."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Value
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.differences import difference
from portal.core.formats import format_date, format_datetime
from portal.events.models import Event, Revision
from portal.tenancy.models import Client, Member
from timeline.events import POSTED
from timeline.feed import clock_of, feed
from timeline.models import Activity

MANY = 100


@dataclass(frozen=True)
class News:
    """before: the end of the last visit, None at the first; old: event id -> the words that it had then."""

    before: datetime | None = None
    old: dict[int, dict[str, Any]] = field(default_factory=dict)


def news_of(events: Iterable[Event], member: Member, before: datetime | None) -> News:
    """Which of these the member knew in other words. One query, and none when nothing has changed."""
    if before is None:
        return News()
    clock = clock_of(member)
    changed = [e.pk for e in events if e.changed_at and e.changed_at > before and getattr(e, clock) <= before]
    old: dict[int, dict[str, Any]] = {}
    if changed:
        rows = Revision.objects.visible_to(member).filter(event__in=changed, changed_at__gt=before)
        for row in rows.order_by("-changed_at", "-pk"):
            old.setdefault(row.event_id, {}).update(row.old)  # the oldest comes last, and that is what was read
    return News(before, old)


def is_new(event: Event, member: Member, news: News) -> bool:
    """Whether it appeared after the last visit; one's own acts are no news."""
    return bool(news.before and getattr(event, clock_of(member)) > news.before and event.actor_id != member.pk)


def since_last_visit(member: Member, client: Client, before: datetime | None) -> str:
    """The line above the entries; "" at the first visit. Counts end at a hundred."""
    if before is None:
        return ""
    clock, events = clock_of(member), feed(member, client).order_by()
    fresh = events.filter(**{f"{clock}__gt": before}).exclude(actor=member.pk)
    changed = events.filter(**{f"{clock}__lte": before, "changed_at__gt": before})
    rows = [rows.values_list(Value(what), "pk")[:MANY] for what, rows in (("new", fresh), ("changed", changed))]
    found = [what for what, _pk in rows[0].union(rows[1], all=True)]
    words = {"day": format_date(before), "news": _counted(found)}
    return _("Since your last visit on %(day)s: %(news)s.") % words


def _counted(found: list[str]) -> str:
    fresh, changed = found.count("new"), found.count("changed")
    parts = []
    if fresh or not changed:
        parts.append(_("more than 99 new") if fresh >= MANY else _("nothing new") if not fresh else _new(fresh))
    if changed:
        number = {"number": min(changed, MANY)}
        parts.append(ngettext("%(number)d changed", "%(number)d changed", changed) % number)
    return ", ".join(parts)


def _new(number: int) -> str:
    return ngettext("%(number)d new", "%(number)d new", number) % {"number": number}


@dataclass(frozen=True, slots=True)
class Change:
    """One change in words: when and by whom, and of each thing its name, with old and new in one text."""

    when: str
    who: str
    parts: list[tuple[str, SafeString]]


def changes_of(event: Event, activity: Activity | None, file_names: list[str], member: Member) -> list[Change]:
    """Every change that the member may know, newest first; of what was taken back only staff know any."""
    if event.changed_at is None or (event.payload.get("taken_back") and not member.is_specialist):
        return []
    rows = Revision.objects.visible_to(member).filter(event=event).select_related("changed_by__user")
    now: dict[str, Any] = {**event.payload, "files": file_names}
    if activity:
        now |= {"title": activity.title, "text": activity.text, "link": activity.link}
    found = []
    for row in rows.order_by("-changed_at", "-pk"):
        parts = [
            (label, difference(_text(row.old[key]), _text(now.get(key))))
            for key, label in _names(event).items()
            if key in row.old
        ]
        who = str(row.changed_by) if row.changed_by else ""
        found.append(Change(format_datetime(row.changed_at), who, parts))
        now |= row.old
    return [change for change in found if change.parts]


def _names(event: Event) -> dict[str, str]:
    names = {"title": _("Title"), "text": _("What was done"), "link": _("Link"), "files": _("Files")}
    return names | ({"kind": _("Kind")} if event.kind == POSTED else {})


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "")

"""What waits, in words: one line for each, what is due first on top."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_date, format_relative_day, format_time
from portal.dashboard.desk import Desk
from portal.tenancy import veiling
from portal.tenancy.models import Client, Member
from protocols.models.protocol import Kind
from tickets import deadlines, keys

WHENEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line. tick: where the action item is marked as done, "" where it cannot be; due: what orders the lines."""

    url: str
    title: str
    line: list[str]
    icon: str
    pill: str
    tone: str = "info"
    tick: str = ""
    due: datetime = field(default=WHENEVER)


def waiting_of(desk: Desk, member: Member, client: Client | None = None) -> list[Waiting]:
    """Everything that waits; lines name the client when they are of several. Tickets of a specialist's day have a card of their own."""
    found = [*_actions(desk, member, client), *_protocols(desk, client), *_invitations(desk, client)]
    found += [
        *_requests(desk, client),
        *_corrections(desk, client),
        *_proposals(desk, member, client),
        *_asked(desk, client),
    ]
    found += [*_tickets(desk, member, client)] if client or not member.is_specialist else []
    found += _work(desk, member, client)
    return sorted(found, key=lambda row: row.due)


def when_of(starts: datetime, ends: datetime) -> str:
    """ "Tue, 24 Nov, 10:00 to 10:45" by the reader's clock."""
    return f"{format_date(starts, style='weekday')}, {hours_of(starts, ends)}"


def hours_of(starts: datetime, ends: datetime) -> str:
    """ "10:00 to 10:45"."""
    return _("%(start)s to %(end)s") % {"start": format_time(starts), "end": format_time(ends)}


def _line(entry: dict, client: Client | None, *parts: str | None) -> list[str]:
    name = "" if client else veiling.shown_name(entry["client"], entry["slug"])
    return [part for part in (name, *parts) if part]


def _actions(desk: Desk, member: Member, client: Client | None) -> Iterator[Waiting]:
    today, may_do = timezone.localdate(), member.can("write")
    for entry in desk["actions"]:
        place = [entry["slug"], entry["number"]]
        day = date.fromisoformat(entry["due"]) if entry["due"] else None
        pill, tone = _due(day, today)
        yield Waiting(
            url=f"{reverse('protocols:detail', args=place)}#action-{entry['pk']}",
            title=entry["text"],
            line=_line(entry, client, entry["title"]),
            icon="flag",
            pill=pill,
            tone=tone,
            tick=reverse("protocols:do", args=[*place, entry["pk"]]) if may_do else "",
            due=datetime.combine(day, time.max, timezone.get_current_timezone()) if day else WHENEVER,
        )


def _due(day: date | None, today: date) -> tuple[str, str]:
    """How near the day is, and the tone of that."""
    if day is None:
        return "", "mute"
    late = (today - day).days
    if late > 0:
        return ngettext("%(days)d day late", "%(days)d days late", late) % {"days": late}, "bad"
    return format_relative_day(day, today=today), "warn" if late >= -1 else "mute"


def _protocols(desk: Desk, client: Client | None) -> Iterator[Waiting]:
    now = timezone.now()
    for entry in desk["protocols"]:
        place, kind = [entry["slug"], entry["number"]], str(Kind(entry["kind"]).label)
        line = _line(entry, client, kind, format_date(entry["at"]))
        if entry["is_draft"]:
            yield Waiting(reverse("protocols:edit", args=place), entry["title"], line, "edit", _("Draft"), "mute")
            continue
        url = reverse("protocols:detail", args=place)
        if entry["is_open"]:
            line += [_("not read yet")] if entry["is_new"] else []
            pill, tone = _accept(entry["until"], now)
            yield Waiting(url, entry["title"], line, "protocol", pill, tone, due=entry["until"])
        else:
            yield Waiting(url, entry["title"], line, "protocol", _("New"))


def _accept(until: datetime, now: datetime) -> tuple[str, str]:
    if until <= now:
        return _("Accept it"), "warn"
    is_near = (timezone.localdate(until) - timezone.localdate(now)).days <= 1
    return _("Accept until %(day)s") % {"day": format_date(until, style="weekday")}, "warn" if is_near else "info"


def _invitations(desk: Desk, client: Client | None) -> Iterator[Waiting]:
    for entry in desk["invitations"]:
        url, line = _meeting(entry), _line(entry, client, when_of(entry["starts"], entry["ends"]))
        yield Waiting(url, entry["title"], line, "calendar", _("Answer wanted"), "brand", due=entry["starts"])


def _asked(desk: Desk, client: Client | None) -> Iterator[Waiting]:
    for entry in desk["asked"]:
        line = _line(entry, client, when_of(entry["starts"], entry["ends"]), entry["by"])
        yield Waiting(_meeting(entry), entry["title"], line, "calendar", _("Proposed"), "warn", due=entry["starts"])


def _requests(desk: Desk, client: Client | None) -> Iterator[Waiting]:
    for entry in desk["requests"]:
        url, title = reverse("people:access_request", args=[entry["pk"]]), _("%(name)s asks for access")
        line = _line(entry, client, format_date(entry["at"]))
        yield Waiting(url, title % {"name": entry["by"]}, line, "users", _("Answer wanted"), "warn", due=entry["at"])


def _tickets(desk: Desk, member: Member, client: Client | None) -> Iterator[Waiting]:
    now = timezone.now()
    for entry in desk["tickets"]:
        url, line = (
            reverse("tickets:detail", args=[entry["slug"], entry["number"]]),
            _line(entry, client, keys.shown(entry["key"])),
        )
        pill, tone = deadlines.said(entry["until"], now)
        asked = _("Answer wanted") if member.is_contact else _("On your desk")
        yield Waiting(url, entry["title"], line, "ticket", pill or asked, tone, due=entry["until"] or WHENEVER)


def _work(desk: Desk, member: Member, client: Client | None) -> Iterator[Waiting]:
    """Questions about work, answers to those of contacts, and entries of clients that wait for a yes."""
    pill, tone = (_("Answered"), "info") if member.is_contact else (_("Please explain"), "bad")
    for entry in desk["questions"]:
        url = f"{reverse('worklog:entry', args=[entry['slug'], entry['pk']])}#explain"
        line = _line(entry, client, entry["by"], format_date(entry["at"], style="short"))
        yield Waiting(url, entry["title"], line, "question", pill, tone, due=entry["at"])
    for entry in desk["approvals"]:
        pill = ngettext("%(number)d entry", "%(number)d entries", entry["number"]) % {"number": entry["number"]}
        line = _line(entry, client, _("Work log"))
        yield Waiting(reverse("my_work:review"), _("Time to approve"), line, "clock", pill, "warn", due=entry["at"])


def _meeting(entry: dict) -> str:
    return reverse("protocols:meeting", args=[entry["slug"], entry["pk"]])


def _corrections(desk: Desk, client: Client | None) -> Iterator[Waiting]:
    for entry in desk["corrections"]:
        url = f"{reverse('protocols:detail', args=[entry['slug'], entry['number']])}#comment-{entry['pk']}"
        if entry["at"] is None:
            line, until = _line(entry, client, entry["by"]), entry["until"] or WHENEVER
            yield Waiting(url, entry["title"], line, "flag", _("Correction to settle"), "warn", due=until)
            continue
        line = _line(entry, client, _("Your correction"), format_date(entry["at"]))
        pill = _("Taken in") if entry["version"] else _("Answered")
        yield Waiting(url, entry["title"], line, "chat", pill, "ok")


def _proposals(desk: Desk, member: Member, client: Client | None) -> Iterator[Waiting]:
    for entry in desk["proposals"]:
        url = reverse("profile:proposal", args=[entry["slug"], entry["pk"]])
        if member.is_specialist:
            line = _line(entry, client, _("Profile"), entry["by"], format_date(entry["at"]))
            yield Waiting(url, entry["label"], line, "profile", _("Change proposed"), "warn")
            continue
        pill, tone = (_("Accepted"), "ok") if entry["accepted"] else (_("Declined"), "mute")
        yield Waiting(
            url, entry["label"], _line(entry, client, _("Your proposal for the profile")), "profile", pill, tone
        )

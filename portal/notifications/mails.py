"""The mail of one or more notifications: what happened and where to read it.

The thing itself stays in the portal, for access may end; words that are mailed (`Kind.quote`) are read when the mail leaves,
with the sight of the person who gets it.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formataddr
from itertools import groupby
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_datetime, format_time
from portal.core.markdown import render
from portal.core.zones import zone
from portal.events.kinds import kind_of
from portal.mail import replies
from portal.mail.models import OutgoingMail
from portal.mail.sending import queue
from portal.mail.text import clean_line
from portal.notifications import late, unsubscribing
from portal.notifications.models import Notification
from portal.tenancy import veiling
from portal.tenancy.models import Agency, Member
from portal.tenancy.scope import acting_as, agency_urls

log = logging.getLogger(__name__)

AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass
class Item:
    """What happened to one thing in one way, once or several times."""

    title: str
    client: str
    url: str
    rows: list[Notification] = field(default_factory=list)
    quotes: list["Quote"] = field(default_factory=list)

    @property
    def who(self) -> str:
        """Who did it, and how often."""
        actors, number = dict.fromkeys(str(row.actor) for row in self.rows if row.actor), len(self.rows)
        times = ngettext("%(number)s time", "%(number)s times", number) % {"number": number} if number > 1 else ""
        return " · ".join(part for part in (", ".join(actors), times) if part)

    @property
    def line(self) -> str:
        """And when last."""
        return " · ".join(part for part in (self.who, _when(self.rows[-1].created_at)) if part)


@dataclass(frozen=True)
class Quote:
    """What somebody said, as text and as HTML."""

    author: str
    time: str
    text: str
    html: SafeString
    files: str


def send(member: Member, rows: list[Notification]) -> OutgoingMail:
    """Queue one mail about these, oldest first, in the member's language and with links into the agency."""
    agency = member.agency
    language = member.user.language or agency.language
    clock = zone(member.user.time_zone or agency.time_zone)
    with (
        translation.override(language),
        timezone.override(clock),
        agency_urls(agency) as base,
        veiling.put_on(not member.knows_clients),
    ):
        reply_to = _reply_to(member, rows)
        ways = _ways_out(member, rows, base)
        words = _words(member, rows, base, reply_to, ways)
        text = render_to_string("notifications/email/notice.txt", words)
        html = render_to_string("notifications/email/notice.html", words)
        headers = AUTOMATIC | unsubscribing.headers(ways[0]["url"])
        more: Any = {"headers": headers, "reply_to": reply_to}
        more["only_if"] = (late.TOLD, [member.pk, *(row.pk for row in rows)])
        return queue(agency, member.user.email, words["subject"], text, html, **more)


def _ways_out(member: Member, rows: list[Notification], base: str) -> list[dict[str, str]]:
    """Links that end such mails, the narrowest first: about this one thing, if all of it is about one; of these kinds."""
    leave = kind_of(rows[-1].kind).leave
    ways = []
    if leave and len({(row.subject_type, row.subject_id) for row in rows}) == 1:
        label, path = leave(rows[-1].told, member)
        ways.append({"url": base + path, "label": label})
    off_url = base + unsubscribing.path_for(member, {row.kind for row in rows})
    return [*ways, {"url": off_url, "label": _("Switch these mails off")}]


def _reply_to(member: Member, rows: list[Notification]) -> str:
    """Where an answer goes, when all of it is about one thing that the member may answer."""
    purpose = replies.narrowest({kind_of(row.kind).reply for row in rows})
    (_type, subject_id), *others = {(row.subject_type, row.subject_id) for row in rows}
    if others or not purpose or subject_id is None:
        return ""
    address = replies.address_for(member, purpose, subject_id)
    return formataddr((clean_line(member.agency.name), address), charset="utf-8") if address else ""


def _words(
    member: Member, rows: list[Notification], base: str, reply_to: str, ways: list[dict[str, str]]
) -> dict[str, Any]:
    agency, items = member.agency, _items(rows, base)
    with acting_as(member):
        for item in items:
            item.quotes = [quote for row in item.rows if (quote := _quote(row, member))]
    kinds = dict.fromkeys(str(kind_of(row.kind).label) for row in rows)
    return {
        "agency": agency,
        **(_about_one(items[0], member, base) if len(items) == 1 else _about_many(items, rows, base)),
        "text": _about_replying(agency, reply_to),
        "why": _("You get this mail because you are told of: %(kinds)s.") % {"kinds": ", ".join(kinds)},
        "links": [
            *ways,
            {"url": base + reverse("notifications:preferences"), "label": _("Choose what we tell you")},
        ],
    }


def _items(rows: Iterable[Notification], base: str) -> list[Item]:
    """Happenings of the same title are one item, which leads to the first of them."""
    found: dict[tuple, Item] = {}
    for row in rows:
        client = veiling.shown_name(row.client.name, row.client.slug) if row.client else ""
        url = base + row.path if row.path else ""
        found.setdefault((client, row.title, row.subject_id), Item(row.title, client, url)).rows.append(row)
    return list(found.values())


def _quote(row: Notification, member: Member) -> Quote | None:
    """The words that the happening is about, as far as the member may read them now; asked with his own sight.

    When they cannot be read the mail goes without them, for they stand in the portal.
    """
    ask = kind_of(row.kind).quote
    try:
        with transaction.atomic():
            said = ask(row.told, member) if ask else None
    except Exception:
        log.exception("words for a mail could not be read", extra={"notification": row.pk})
        return None
    if said is None:
        return None
    return Quote(said.author, _when(row.created_at), said.text, render(said.text), ", ".join(said.files))


def _when(moment: datetime) -> str:
    """The time of day alone only of today: what waited over night, or for a mail server, says which day it was."""
    is_today = timezone.localdate(moment) == timezone.localdate()
    return format_time(moment) if is_today else format_datetime(moment)


def _about_one(item: Item, member: Member, base: str) -> dict[str, Any]:
    label, url = _offer(item, member, base)
    number, line = len(item.rows), " · ".join(part for part in (item.who, item.client) if part)
    return {
        "subject": f"{item.title} ({number})" if number > 1 else item.title,
        "heading": item.title,
        "line": line,
        "preheader": item.quotes[0].text[:120] if item.quotes else line,
        "quotes": item.quotes,
        "action_url": url,
        "action_label": label,
    }


def _offer(item: Item, member: Member, base: str) -> tuple[str, str]:
    """What the button does: what the kind offers, else it opens the page."""
    last = item.rows[-1]
    offer = kind_of(last.kind).offer
    if offer is None:
        return _("Open it in the portal"), item.url
    label, path = offer(last.told, member)
    return label, base + path


def _about_many(items: list[Item], rows: list[Notification], base: str) -> dict[str, Any]:
    number, clients = len(rows), list(dict.fromkeys(item.client for item in items if item.client))
    heading = ngettext("%(number)s update", "%(number)s updates", number) % {"number": number}
    ordered = sorted(items, key=lambda item: clients.index(item.client) if item.client else -1)
    return {
        "subject": f"{heading}: {', '.join(clients[:3])}" if clients else heading,
        "heading": heading,
        "preheader": " · ".join(item.title for item in items[:3]),
        "groups": [(client, list(found)) for client, found in groupby(ordered, key=lambda item: item.client)],
        "action_url": base + reverse("notifications:index"),
        "action_label": _("Open all in the portal"),
    }


def _about_replying(agency: Agency, reply_to: str) -> str:
    if reply_to:
        return _("If you answer this mail, your answer appears as your comment.")
    if agency.sender_address:
        return _("If you answer this mail, your answer goes to %(address)s.") % {"address": agency.sender_address}
    return _("Answers to this mail reach nobody; please answer in the portal.")

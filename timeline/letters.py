"""The weekly mail of what became visible: titles and links, in the reader's language and clock."""

from itertools import groupby

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_date
from portal.core.zones import zone
from portal.events.models import Event
from portal.mail.models import OutgoingMail
from portal.mail.sending import queue
from portal.notifications import unsubscribing
from portal.notifications.mails import AUTOMATIC
from portal.tenancy.models import Client, Member
from portal.tenancy.scope import agency_urls
from timeline.events import POSTED


def send(member: Member, entries: list[Event]) -> OutgoingMail:
    """Queue it. entries: in the order of their clients."""
    agency = member.agency
    clock = zone(member.user.time_zone or agency.time_zone)
    with (
        translation.override(member.user.language or agency.language),
        timezone.override(clock),
        agency_urls(agency) as base,
    ):
        off_url = base + unsubscribing.path_for(member, {POSTED})
        words = _words(member, entries, base, off_url)
        text = render_to_string("notifications/email/notice.txt", words)
        html = render_to_string("notifications/email/notice.html", words)
        headers = AUTOMATIC | unsubscribing.headers(off_url)
        return queue(agency, member.user.email, words["subject"], text, html, headers=headers)


def _words(member: Member, entries: list[Event], base: str, off_url: str) -> dict:
    groups = [(client, list(found)) for client, found in groupby(entries, key=lambda event: event.client)]
    number, names = len(entries), ", ".join(client.name for client, _found in groups[:3])
    heading = ngettext("%(number)d new entry on the timeline", "%(number)d new entries on the timeline", number) % {
        "number": number
    }
    first = groups[0][0]
    return {
        "agency": member.agency,
        "subject": f"{heading}: {names}",
        "heading": heading,
        "preheader": " · ".join(event.title for event in entries[:3]),
        "groups": [(client.name, [_item(event, client, base) for event in found]) for client, found in groups],
        "action_url": base + reverse("timeline:index", args=[first.slug]),
        "action_label": _("Open the timeline"),
        "why": _("You get this mail once a week, when something new stands on the timeline."),
        "links": [
            {"url": off_url, "label": _("Switch these mails off")},
            {"url": base + reverse("timeline:weekly", args=[first.slug]), "label": _("Choose another day")},
        ],
    }


def _item(event: Event, client: Client, base: str) -> dict[str, str]:
    parts = (str(event.actor) if event.actor else "", format_date(event.happened_at))
    url = base + reverse("timeline:entry", args=[client.slug, event.pk])
    return {"title": event.title, "line": " · ".join(part for part in parts if part), "url": url}

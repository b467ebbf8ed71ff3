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
from portal.notifications import late, unsubscribing
from portal.notifications.mails import AUTOMATIC
from portal.tenancy.models import Client, Member
from portal.tenancy.scope import agency_urls
from timeline.events import POSTED

MOST = 200
"""So many entries stand in one mail; it says how many more there are."""


def send(member: Member, newest: list[Event], number: int) -> OutgoingMail:
    """Queue it. newest: the entries that stand in it, newest first; number: how many there are."""
    agency = member.agency
    clock = zone(member.user.time_zone or agency.time_zone)
    with (
        translation.override(member.user.language or agency.language),
        timezone.override(clock),
        agency_urls(agency) as base,
    ):
        off_url = base + unsubscribing.path_for(member, {POSTED})
        words = _words(member, newest, number, base, off_url)
        text = render_to_string("notifications/email/notice.txt", words)
        html = render_to_string("notifications/email/notice.html", words)
        headers = AUTOMATIC | unsubscribing.headers(off_url)
        only_if = (late.KNOWN, [member.pk, *(event.pk for event in newest)])
        return queue(agency, member.user.email, words["subject"], text, html, headers=headers, only_if=only_if)


def _words(member: Member, newest: list[Event], number: int, base: str, off_url: str) -> dict:
    by_client = sorted(newest, key=lambda event: (event.client.name, event.client_id))
    groups = [(client, list(found)) for client, found in groupby(by_client, key=lambda event: event.client)]
    more, names = number - len(newest), ", ".join(client.name for client, _found in groups[:3])
    heading = ngettext("%(number)d new entry on the timeline", "%(number)d new entries on the timeline", number) % {
        "number": number
    }
    first = groups[0][0]
    return {
        "agency": member.agency,
        "subject": f"{heading}: {names}",
        "heading": heading,
        "preheader": " · ".join(event.title for event in newest[:3]),
        "groups": [(client.name, [_item(event, client, base) for event in found]) for client, found in groups],
        "text": _older(more) if more else "",
        "action_url": base + reverse("timeline:index", args=[first.slug]),
        "action_label": _("Open the timeline"),
        "why": _("You get this mail once a week, when something new stands on the timeline."),
        "links": [
            {"url": off_url, "label": _("Switch these mails off")},
            {"url": base + reverse("timeline:weekly", args=[first.slug]), "label": _("Choose another day")},
        ],
    }


def _older(number: int) -> str:
    words = ngettext(
        "%(number)d older entry stands on the timeline.", "%(number)d older entries stand on the timeline.", number
    )
    return words % {"number": number}


def _item(event: Event, client: Client, base: str) -> dict[str, str]:
    parts = (str(event.actor) if event.actor else "", format_date(event.happened_at))
    url = base + reverse("timeline:entry", args=[client.slug, event.pk])
    return {"title": event.title, "line": " · ".join(part for part in parts if part), "url": url}

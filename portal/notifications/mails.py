"""The mail of a notification: what happened and where to read it, never the thing itself, for access may end."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.core.zones import zone
from portal.mail.sending import queue
from portal.notifications.models import Notification
from portal.tenancy.models import Member
from portal.tenancy.scope import agency_urls

AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def send(notification: Notification) -> None:
    """Queue it, in the member's language and with links into the agency."""
    member, agency = notification.member, notification.member.agency
    language = member.user.language or agency.language
    clock = zone(member.user.time_zone or agency.time_zone)
    with translation.override(language), timezone.override(clock), agency_urls(agency) as base:
        words = _words(notification, member, base)
        text = render_to_string("notifications/email/notice.txt", words)
        html = render_to_string("notifications/email/notice.html", words)
        queue(agency, member.user.email, words["subject"], text, html, headers=AUTOMATIC)


def _words(notification: Notification, member: Member, base: str) -> dict:
    actor, client = notification.actor, notification.client
    return {
        "agency": member.agency,
        "subject": notification.title,
        "line": " · ".join(str(part) for part in (actor, client) if part),
        "action_url": base + notification.path if notification.path else "",
        "action_label": _("Open it in the portal"),
        "why": _("You get this mail because you are told of this kind of event."),
        "links": [{"url": base + reverse("notifications:preferences"), "label": _("Choose what we tell you")}],
    }

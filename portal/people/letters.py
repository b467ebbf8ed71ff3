"""The mails of this app."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.core.formats import format_date
from portal.mail.seeds import PLACE
from portal.mail.sending import queue
from portal.people.models import Invitation
from portal.tenancy.models import Agency
from portal.tenancy.scope import agency_urls


def invite(invitation: Invitation, seed: str) -> None:
    """The invitation, in the language of the invited person. Its link gets the secret part when it is sent."""
    agency = invitation.agency
    with translation.override(invitation.language or agency.language):
        sender = str(invitation.invited_by)
        context: dict[str, Any] = {
            "agency": agency,
            "subject": _("%(sender)s invites you to the customer center of %(place)s")
            % {"sender": sender, "place": agency},
            "line": str(invitation.client or ""),
            "heading": _("Hello %(name)s") % {"name": invitation.name},
            "text": _(
                "%(sender)s has kept a place for you in the customer center of %(agency)s. "
                "The link works once, until %(until)s."
            )
            % {"sender": sender, "agency": agency, "until": _day(invitation)},
            "action_url": _link(agency),
            "action_label": _("Accept the invitation"),
            "why": _("You did not expect this? Then do nothing; without you nothing happens."),
        }
        queue(
            agency,
            to=invitation.email,
            subject=" ".join(context["subject"].split()),
            text=render_to_string("mail/base.txt", context),
            html=render_to_string("mail/base.html", context),
            seed=seed,
        )


def _link(agency: Agency) -> str:
    with agency_urls(agency) as base:
        return base + reverse("people:join", args=[PLACE])


def _day(invitation: Invitation) -> str:
    return format_date(invitation.expires_at, style="long")

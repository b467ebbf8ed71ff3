"""The answer to an answer that could not be taken (RFC 3834): to the person alone, marked so that no program answers it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.mail.models import OutgoingMail
from portal.mail.parsed import ParsedMail
from portal.mail.sending import queue
from portal.tenancy.models import Member

AUTOMATIC = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
MOST_AN_HOUR = 5
"""Automatic answers to one address, of all agencies together."""


def may_go_to(member: Member) -> bool:
    """Whether the member's address has had fewer automatic answers in the last hour. Reads through `maint`."""
    since = timezone.now() - timedelta(hours=1)
    with transaction.atomic(using="maint"):
        rows = OutgoingMail.objects.using("maint").filter(created_at__gt=since, to__contains=[member.user.email])
        return rows.filter(headers__contains={"Auto-Submitted": "auto-replied"}).count() < MOST_AN_HOUR


def send(member: Member, mail: ParsedMail) -> None:
    """Tell the member, in the own language, that the answer is not where it was meant to be."""
    agency, headers = member.agency, dict(AUTOMATIC)
    if mail.message_id.startswith("<"):
        headers |= {"In-Reply-To": mail.message_id, "References": mail.message_id}
    with translation.override(member.user.language or agency.language):
        words: dict[str, Any] = {
            "agency": agency,
            "subject": _("Not taken: %(subject)s") % {"subject": mail.subject[:200]},
            "heading": _("Your answer could not be taken"),
            "text": _(
                "What you answered is no longer open to you, or the work has ended. Your mail is not lost: "
                "%(agency)s has it and can read it."
            )
            % {"agency": agency},
            "why": _("This mail was sent automatically; you get at most one a day."),
        }
        text, html = render_to_string("mail/base.txt", words), render_to_string("mail/base.html", words)
        queue(agency, member.user.email, words["subject"], text, html, headers=headers)

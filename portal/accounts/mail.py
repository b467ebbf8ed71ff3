"""Mails about an account. Sent at once, not by a worker: who waits for a code must not wait for a queue."""

import logging
from email.utils import formataddr, parseaddr
from smtplib import SMTPException

from allauth.core import context as allauth_context
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts.letters import LETTERS
from portal.accounts.models import User

log = logging.getLogger(__name__)


def send(letter: str, to: str, *, user: User | None = None, **facts) -> bool:
    """Send a letter in the person's language, in the name of the agency at hand; whether it went out."""
    agency = getattr(allauth_context.request, "agency", None)
    with translation.override(_language(user, agency)):
        words = LETTERS[letter](user=user, **facts)
        words |= {"agency": agency, "why": _("You get this mail because it is about your account.")}
        message = EmailMultiAlternatives(
            words["subject"],
            render_to_string("mail/base.txt", words),
            _sender(agency),
            [to],
            reply_to=[agency.sender_address] if agency and agency.sender_address else None,
        )
        message.attach_alternative(render_to_string("mail/base.html", words), "text/html")
    try:
        message.send()
    except (SMTPException, OSError):
        log.exception("mail not sent", extra={"letter": letter})
        return False
    return True


def _language(user: User | None, agency) -> str:
    return (user.language if user else "") or (agency.language if user and agency else "") or translation.get_language()


def _sender(agency) -> str:
    if agency is None:
        return settings.DEFAULT_FROM_EMAIL
    name = " ".join((agency.sender_name or agency.name).split())
    return formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))

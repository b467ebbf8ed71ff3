"""What each provider's inbound webhook is called in django-anymail, and where it puts the mail as it was, byte for byte."""

import json
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from anymail.signals import AnymailInboundEvent
from anymail.utils import get_anymail_setting
from anymail.webhooks.amazon_ses import AmazonSESInboundWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoInboundWebhookView
from anymail.webhooks.mailersend import MailerSendInboundWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.mailjet import MailjetInboundWebhookView
from anymail.webhooks.mailtrap import MailtrapInboundWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postal import PostalInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.resend import ResendInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView

from portal.mail.headers import ADDRESS
from portal.mail.webhook_requests import Posted

PROVIDERS: dict[str, type[AnymailBaseWebhookView]] = {
    "amazon_ses": AmazonSESInboundWebhookView,
    "brevo": BrevoInboundWebhookView,
    "mailersend": MailerSendInboundWebhookView,
    "mailgun": MailgunInboundWebhookView,
    "mailgun_mime": MailgunInboundWebhookView,
    "mailjet": MailjetInboundWebhookView,
    "mailtrap": MailtrapInboundWebhookView,
    "mandrill": MandrillCombinedWebhookView,
    "postal": PostalInboundWebhookView,
    "postmark": PostmarkInboundWebhookView,
    "resend": ResendInboundWebhookView,
    "sendgrid": SendGridInboundWebhookView,
    "sparkpost": SparkPostInboundWebhookView,
}
"""Mailgun sends raw MIME to addresses that contain "mime", hence its second name."""

KEYS = {"Mailgun": "webhook_signing_key", "Mandrill": "webhook_key"}
"""With which a provider signs; it may be several keys with commas, while one is replaced by the next."""


def views_of(kind: type[AnymailBaseWebhookView]) -> list[AnymailBaseWebhookView]:
    """The provider's webhook, once for each key that is good."""
    name = KEYS.get(kind.esp_name, "")
    told = get_anymail_setting(name, esp_name=kind.esp_name, default=None, allow_bare=True) if name else None
    keys = [found for key in (told or "").split(",") if (found := key.strip())]
    return [kind(**{name: key}) for key in keys] or [kind()]


def raw_of(provider: str, told: Any) -> bytes | None:
    """The mail as the provider got it; None when it sends only what it made of it. told: the event as the provider wrote it."""
    source = RAW.get(provider)
    try:
        found = source(told) if source else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return found.encode("utf-8", "surrogatepass") if isinstance(found, str) else found


def recipients_of(provider: str, event: AnymailInboundEvent) -> list[str]:
    """All envelope recipients that the provider names; anymail gives only the first."""
    told = [event.message.envelope_recipient or ""]
    with suppress(KeyError, TypeError, ValueError):  # who leaves it out has told one at least
        told += RECIPIENTS[provider](event.esp_event) if provider in RECIPIENTS else []
    found = [address for text in told for address in ADDRESS.findall(str(text))]
    return list(dict.fromkeys(found))


def _either(text: str, is_base64: bool) -> str | bytes:
    return b64decode(text) if is_base64 else text


def _relayed(content: dict) -> str | bytes:
    return _either(content["email_rfc822"], content["email_rfc822_is_base64"])


def _of_form(name: str) -> Callable[[Posted], bytes | None]:
    return lambda request: request.fields.get(name)


RAW: dict[str, Callable[[Any], bytes | str | None]] = {
    "amazon_ses": lambda event: _either(event["content"], event["receipt"]["action"].get("encoding") == "BASE64"),
    "mailersend": lambda event: event["data"]["raw"],
    "mailgun": _of_form("body-mime"),
    "mailgun_mime": _of_form("body-mime"),
    "mandrill": lambda event: event["msg"]["raw_msg"],
    "postal": lambda event: _either(event["message"], bool(event.get("base64"))),
    "postmark": lambda event: event.get("RawEmail"),
    "sendgrid": _of_form("email"),
    "sparkpost": lambda event: _relayed(event["msys"]["relay_message"]["content"]),
}
RECIPIENTS: dict[str, Callable[[Any], list[str]]] = {
    "amazon_ses": lambda event: event["receipt"]["recipients"],
    "mailersend": lambda event: [to["email"] for to in event["data"]["recipients"]["rcptTo"]],
    "sendgrid": lambda request: json.loads(request.POST["envelope"])["to"],
}

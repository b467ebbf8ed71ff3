"""What mail providers tell about mails of ours that came back: the same as a bounce that comes by mail (portal.mail.bounces).

MailerSend and Postal are not among them, for they keep no word of ours with a mail; what Postal cannot hand on comes back by mail.
"""

import logging

from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.mailtrap import MailtrapTrackingWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.http import HttpRequest

from portal.mail import bounces
from portal.mail.failures import UNWANTED, passes
from portal.mail.parsed import Failure
from portal.mail.text import clean_line
from portal.mail.webhooks import checked

log = logging.getLogger(__name__)

STATUSES: dict[str, type[AnymailBaseWebhookView]] = {
    "amazon_ses": AmazonSESTrackingWebhookView,
    "brevo": BrevoTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "mailtrap": MailtrapTrackingWebhookView,
    "mandrill": MandrillCombinedWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "resend": ResendTrackingWebhookView,
    "sendgrid": SendGridTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}
CAME_BACK = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED, EventType.COMPLAINED}


def receive(provider: str, request: HttpRequest) -> None:
    """Mark the mails that this request says came back. Raises as portal.mail.webhooks.receive does."""
    view, posted = checked(STATUSES[provider], request)
    for event in view.parse_events(posted):
        if isinstance(event, AnymailTrackingEvent) and event.event_type in CAME_BACK:
            sent_as = clean_line(str((event.metadata or {}).get(bounces.METADATA, "")))
            bounces.take_word(sent_as, _failure(event))


def _failure(event: AnymailTrackingEvent) -> Failure:
    said = clean_line(event.mta_response or event.description or event.reject_reason or "")[:500]
    text = UNWANTED if event.event_type == EventType.COMPLAINED else said
    return Failure("soft" if passes(said) else "hard", text, [event.recipient] if event.recipient else [])

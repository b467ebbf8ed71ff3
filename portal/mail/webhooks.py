"""Mail that a provider posts: checked and read by django-anymail, stored before it is answered, kept even when it cannot be read."""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailWebhookValidationFailure
from anymail.signals import AnymailInboundEvent
from anymail.webhooks.base import AnymailBaseWebhookView, AnymailBasicAuthMixin
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest

from portal.mail.intake import Envelope, accept
from portal.mail.intake_routes import addresses_in, keeper_of_strays, routes_among
from portal.mail.webhook_providers import PROVIDERS, raw_of, recipients_of, views_of
from portal.mail.webhook_requests import Posted

log = logging.getLogger(__name__)

OUR_TROUBLE = (AnymailAPIError, ImproperlyConfigured, OSError, OperationalError, InterfaceError)
"""The provider's interface or the database could not be asked, or a key is missing: another try may succeed."""


def receive(provider: str, request: HttpRequest) -> list[int]:
    """Store the mails of this request and return their ids.

    Raises AnymailWebhookValidationFailure for a wrong secret or signature, TooLarge, and anything else for trouble of ours.
    """
    view, posted = checked(PROVIDERS[provider], request)
    ids = [pk for raw, envelope in _mails(provider, view, posted) for pk in accept(raw, envelope)]
    log.info("mail stored", extra={"inbound": ids, "provider": provider})
    return ids


def checked(kind: type[AnymailBaseWebhookView], request: HttpRequest) -> tuple[AnymailBaseWebhookView, Posted]:
    """The view that believes the request, and the request, once secret and signature are right; otherwise as `receive` does."""
    views = views_of(kind)
    AnymailBasicAuthMixin.validate_request(views[0], request)  # before 64 MB are read
    posted = Posted(request)
    if not posted.body:
        raise ValueError("nothing was posted")
    for view in views[:-1]:
        with suppress(AnymailWebhookValidationFailure):
            view.run_validators(posted)
            return view, posted
    views[-1].run_validators(posted)
    return views[-1], posted


def _mails(provider: str, view: AnymailBaseWebhookView, posted: Posted) -> list[tuple[bytes, Envelope]]:
    try:
        events = [event for event in view.parse_events(posted) if isinstance(event, AnymailInboundEvent)]
        return [_mail(provider, event, posted) for event in events]
    except OUR_TROUBLE:
        raise
    except Exception:
        log.exception("a provider's request could not be read and is kept as it came", extra={"provider": provider})
        return list(_rescued(provider, posted))


def _mail(provider: str, event: AnymailInboundEvent, posted: Posted) -> tuple[bytes, Envelope]:
    raw = raw_of(provider, event.esp_event)
    rebuilt = None if raw else event.message.as_bytes()
    told = recipients_of(provider, event)
    envelope = _envelope(
        raw or rebuilt or b"",
        sender=event.message.envelope_sender or "",
        recipients=told,
        key=f"{provider} {event.event_id}" if event.event_id else "",
        posted=(posted.body, posted.META.get("CONTENT_TYPE", "")) if rebuilt else None,
    )
    return raw or rebuilt or b"", envelope


def _rescued(provider: str, posted: Posted) -> Iterator[tuple[bytes, Envelope]]:
    """The mails without the library's help: as the provider got them, else the request itself, for the quarantine."""
    for told in _told(posted):
        raw = raw_of(provider, told) or posted.body
        yield raw, _envelope(raw)


def _told(posted: Posted) -> list[Any]:
    if posted.fields:
        return [posted]
    try:
        told = json.loads(posted.body)
    except (ValueError, RecursionError):
        return [None]
    return told if isinstance(told, list) and told else [told]


def _envelope(
    raw: bytes,
    *,
    sender: str = "",
    recipients: Sequence[str] = (),
    key: str = "",
    posted: tuple[bytes, str] | None = None,
) -> Envelope:
    routes, keeper = routes_among([*recipients, *addresses_in(raw)]), None
    if not routes:
        keeper = keeper_of_strays()
        routes = dict.fromkeys(recipients, keeper) if keeper else {}
    key = key or " ".join([hashlib.sha256(posted[0] if posted else raw).hexdigest(), *recipients])
    return Envelope(
        sender,
        routes,
        source="webhook",
        key=hashlib.sha256(key.encode()).hexdigest(),
        keeper=keeper,
        unknown=recipients,
        posted=posted,
    )

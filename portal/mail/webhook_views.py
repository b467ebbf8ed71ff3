"""Where providers hand mail in and tell what became of ours. 200 once it is stored; 5xx for trouble of ours: they drop mail at a 4xx."""

import logging
from collections.abc import Callable, Container

from anymail.exceptions import AnymailWebhookValidationFailure
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.core.access import public
from portal.mail import webhook_statuses, webhooks
from portal.mail.webhook_providers import PROVIDERS
from portal.mail.webhook_requests import TooLarge
from portal.mail.webhook_statuses import STATUSES

log = logging.getLogger(__name__)


@public
@csrf_exempt
@transaction.non_atomic_requests
@require_http_methods(["POST", "HEAD"])
def receive(request, provider: str):
    """A provider's webhook for mail that comes in."""
    return _answer(request, provider, PROVIDERS, webhooks.receive)


@public
@csrf_exempt
@transaction.non_atomic_requests
@require_http_methods(["POST", "HEAD"])
def receive_status(request, provider: str):
    """A provider's webhook for what became of mails of ours."""
    return _answer(request, provider, STATUSES, webhook_statuses.receive)


def _answer(request: HttpRequest, provider: str, known: Container[str], take: Callable[[str, HttpRequest], object]):
    """Closed without MAIL_WEBHOOK_SECRET. Some providers ask with HEAD whether there is a webhook."""
    if provider not in known or not settings.MAIL_WEBHOOK_SECRETS:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    try:
        take(provider, request)
    except AnymailWebhookValidationFailure:
        log.warning("webhook without the right secret refused", extra={"provider": provider})
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="mail"'})
    except TooLarge:
        return HttpResponse(status=413)
    except Exception:
        log.exception("what a webhook brought could not be stored", extra={"provider": provider})
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    return HttpResponse()

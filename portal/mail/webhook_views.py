"""The address at which providers hand mail in. 200 once it is stored; 5xx for trouble of ours, because providers drop mail at a 4xx."""

import logging

from anymail.exceptions import AnymailWebhookValidationFailure
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.core.access import public
from portal.mail import webhooks
from portal.mail.webhook_providers import PROVIDERS
from portal.mail.webhook_requests import TooLarge

log = logging.getLogger(__name__)


@public
@csrf_exempt
@transaction.non_atomic_requests
@require_http_methods(["POST", "HEAD"])
def receive(request, provider: str):
    """A provider's webhook; some ask with HEAD whether there is one. Closed without MAIL_WEBHOOK_SECRET."""
    if provider not in PROVIDERS or not settings.MAIL_WEBHOOK_SECRET:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    try:
        webhooks.receive(provider, request)
    except AnymailWebhookValidationFailure:
        log.warning("webhook without the right secret refused", extra={"provider": provider})
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="mail"'})
    except TooLarge:
        return HttpResponse(status=413)
    except Exception:
        log.exception("mail of a webhook could not be stored", extra={"provider": provider})
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    return HttpResponse()

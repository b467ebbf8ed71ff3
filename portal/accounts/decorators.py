"""Before what protects an account is changed, the person proves again to be it."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portal.accounts.adapters import CONFIRMED_AT

PRESS_AGAIN = "press_again"


def recently_signed_in(view=None, *, back: str | Callable[..., str] = "account_security"):
    """Only within ten minutes after the sign-in or the last confirmation; else to the page that asks for it.

    back: where to return after a POST, which is not repeated but asked for once more. A URL name, which takes the
    view's own words, or a function of the request and these.
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if is_recent(request):
                return view(request, *args, **kwargs)
            if request.method == "GET":
                return _ask(request, request.get_full_path())
            target = back(request, **kwargs) if callable(back) else reverse(back, kwargs=kwargs)
            request.session[PRESS_AGAIN] = target
            return _ask(request, target)

        return guarded

    return decorate(view) if view else decorate


def is_recent(request: HttpRequest) -> bool:
    """Whether the person has proved to be it a short while ago."""
    confirmed_at = request.session.get(CONFIRMED_AT, 0)
    return 0 <= timezone.now().timestamp() - confirmed_at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def confirm(request: HttpRequest, target: str = "") -> None:
    """The person has just proved to be it, and goes on to where something was pressed in vain."""
    request.session[CONFIRMED_AT] = timezone.now().timestamp()
    if request.session.pop(PRESS_AGAIN, None) == target:
        messages.info(request, _("Thank you. Now press the button once more."))


def _ask(request: HttpRequest, target: str) -> HttpResponse:
    url = f"{reverse('account_reauthenticate')}?{urlencode({'next': target})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)

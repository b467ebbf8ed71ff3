"""Before what protects an account is changed, the person proves again to be it."""

from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from portal.accounts.adapters import CONFIRMED_AT


def recently_signed_in(view=None, *, back: str = "account_security"):
    """Only within ten minutes after the sign-in or the last confirmation; else to the page that asks for it.

    back: URL name to return to after a POST, which is not repeated.
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if is_recent(request):
                return view(request, *args, **kwargs)
            target = request.get_full_path() if request.method == "GET" else reverse(back)
            return _ask(request, target)

        return guarded

    return decorate(view) if view else decorate


def is_recent(request: HttpRequest) -> bool:
    """Whether the person has proved to be it a short while ago."""
    confirmed_at = request.session.get(CONFIRMED_AT, 0)
    return 0 <= timezone.now().timestamp() - confirmed_at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def confirm(request: HttpRequest) -> None:
    """The person has just proved to be it."""
    request.session[CONFIRMED_AT] = timezone.now().timestamp()


def _ask(request: HttpRequest, target: str) -> HttpResponse:
    url = f"{reverse('account_reauthenticate')}?{urlencode({'next': target})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)

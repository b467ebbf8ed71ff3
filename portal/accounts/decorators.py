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

PRESS_AGAIN, CHOSEN = "press_again", "chosen"
MOST_KEPT = 10_000
"""Letters that may wait in the session."""


def recently_signed_in(view=None, *, back: str | Callable[..., str] = "account_security", keep: bool = False):
    """Only within ten minutes after the sign-in or the last confirmation; else to the page that asks for it.

    back: where to return after a POST, which is not repeated but asked for once more. A URL name, which takes the
    view's own words, or a function of the request and these. keep: the page there shows what was chosen (`chosen_before`).
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if is_recent(request):
                return view(request, *args, **kwargs)
            if request.method == "GET":
                return _ask(request, request.get_full_path())
            target = back(request, **kwargs) if callable(back) else reverse(back, kwargs=kwargs)
            return ask_first(request, target, keep=keep)

        return guarded

    return decorate(view) if view else decorate


def is_recent(request: HttpRequest) -> bool:
    """Whether the person has proved to be it a short while ago."""
    confirmed_at = request.session.get(CONFIRMED_AT, 0)
    return 0 <= timezone.now().timestamp() - confirmed_at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ask_first(request: HttpRequest, target: str, *, keep: bool = False) -> HttpResponse:
    """To the page that asks for the proof, and from there back to the page where the button is pressed once more."""
    request.session[PRESS_AGAIN] = target
    match = request.resolver_match
    fields = {name: [str(value)] for name, value in (match.kwargs if match else {}).items()}
    fields |= {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    is_small = sum(len(value) for values in fields.values() for value in values) < MOST_KEPT
    request.session[CHOSEN] = {"at": target, "fields": fields} if keep and is_small else None
    return _ask(request, target)


def chosen_before(request: HttpRequest) -> dict[str, list[str]]:
    """What stood in the form, and in its address, when the proof was asked for; told once, after the proof."""
    chosen = request.session.get(CHOSEN)
    if request.method != "GET" or not chosen or chosen["at"] != request.path or not is_recent(request):
        return {}
    del request.session[CHOSEN]
    return chosen["fields"]


def first_of(chosen: dict[str, list[str]]) -> dict[str, str]:
    """What was chosen, for forms whose fields have one value each."""
    return {name: values[0] for name, values in chosen.items() if values}


def confirm(request: HttpRequest, target: str = "") -> None:
    """The person has just proved to be it, and goes on to where something was pressed in vain."""
    request.session[CONFIRMED_AT] = timezone.now().timestamp()
    if request.session.pop(PRESS_AGAIN, None) == target:
        messages.info(request, _("Thank you. Now press the button once more."))
    else:
        request.session.pop(CHOSEN, None)


def _ask(request: HttpRequest, target: str) -> HttpResponse:
    url = f"{reverse('account_reauthenticate')}?{urlencode({'next': target})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)

"""Asking for a code: at the last stage of a sign-in, to step up, and before critical changes."""

import django_otp
from allauth.account.forms import ReauthenticateForm
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_otp.models import Device

from portal.accounts import factors, trail, trust
from portal.accounts.actions import tell
from portal.accounts.decorators import confirm
from portal.accounts.forms import TokenForm
from portal.accounts.models import User
from portal.accounts.stages import pending_stage
from portal.core.access import enrolling, public
from portal.core.formats import format_minutes
from portal.core.http import own_address

FAILURES_TO_TELL = 5


@public
def challenge(request, method=""):
    """The second factor of a sign-in."""
    stage = pending_stage(request)
    if stage is None:
        return redirect("home" if request.user.is_authenticated else "account_login")
    asked = Asked(request, stage.login.user, method, "otp_challenge", may_trust=True)
    device = asked.taken()
    if device is None:
        return asked.page()
    stage.login.user.otp_device = device
    response = stage.exit()
    if asked.form.cleaned_data.get("trust"):
        trust.trust(response, stage.login.user, device)
    return response


@enrolling
def step_up(request, method=""):
    """Signed in with a weaker factor than the policy asks for by now."""
    asked = Asked(request, request.user, method, "otp_step_up")
    device = asked.taken()
    if device is None:
        return asked.page()
    django_otp.login(request, device)
    return redirect(next_of(request, "home"))


@enrolling
def reauthenticate(request, method=""):
    """Before critical changes: the password, or a code for those who have none."""
    if request.user.has_usable_password():
        return _ask_password(request)
    asked = Asked(request, request.user, method, "account_reauthenticate")
    if asked.taken() is None:
        return asked.page()
    return _confirmed(request)


def next_of(request: HttpRequest, otherwise: str) -> str:
    """Where to go on: a page of our own that the request names, or the one of this URL name."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return own_address(request, target) or reverse(otherwise)


def onward(request: HttpRequest, name: str) -> str:
    """The address of another page on the way, which goes on to the same place."""
    target = next_of(request, "home")
    return reverse(name) + (f"?{urlencode({'next': target})}" if target != reverse("home") else "")


def next_field(target: str) -> str:
    """A hidden field that keeps it through a form that has to be sent twice."""
    return format_html('<input type="hidden" name="next" value="{}">', target)


def _confirmed(request: HttpRequest) -> HttpResponse:
    target = next_of(request, "account_security")
    confirm(request, target)
    return redirect(target)


def _ask_password(request: HttpRequest) -> HttpResponse:
    form = ReauthenticateForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        return _confirmed(request)
    context = {"form": form, "redirect_field": next_field(next_of(request, "account_security"))}
    return render(request, "account/reauthenticate.html", context)


class Asked:
    """One page that asks for a code of one method, and what came back."""

    def __init__(self, request: HttpRequest, user: User, method: str, view: str, *, may_trust: bool = False):
        self.request, self.user, self.view = request, user, view
        self.methods = factors.methods_of(user)
        self.method = method if method in self.methods else self.methods[0]
        self.device = factors.device_of(user, self.method)
        may_trust = may_trust and self.method != factors.BACKUP
        sent = request.method == "POST" and "resend" not in request.POST
        self.form = TokenForm(request.POST if sent else None, method=self.method, may_trust=may_trust)

    def taken(self) -> Device | None:
        """The device whose code was right."""
        if self.method == factors.EMAIL and not self.form.is_bound:
            self._send()
        if not self.form.is_bound or not self.form.is_valid():
            return None
        wait = factors.wait_of(self.device)
        device = None if wait else factors.verify(self.user, self.method, self.form.cleaned_data["token"])
        if device is None:
            self._refuse(wait)
        elif self.method == factors.BACKUP:
            tell(self.user, "backup_code_used", remaining=factors.backup_codes_left(self.user))
        return device

    def page(self) -> HttpResponse:
        """Ask, or ask again."""
        self.device.refresh_from_db()
        by_mail = self.method == factors.EMAIL
        wait = factors.wait_for_mail(self.device) if by_mail else factors.wait_of(self.device)
        context = {
            "form": self.form,
            "method": self.method,
            "methods": [self._link(method) for method in self.methods],
            "can_be_lost": factors.EMAIL not in self.methods,
            "is_sent": by_mail and factors.has_open_code(self.device),
            "sent_to": factors.masked(self.user.email),
            "wait_seconds": wait,
            "wait_clock": format_minutes(wait),
            "redirect_field": next_field(next_of(self.request, "home")),
        }
        return render(self.request, "otp/challenge.html", context)

    def _send(self) -> None:
        """A new code when it is asked for, or when none is on its way. Whoever asks too soon is told so."""
        asked = self.request.method == "POST"
        if not asked and factors.has_open_code(self.device):
            return
        is_sent = factors.send_code(self.user)
        if asked and is_sent:
            messages.success(self.request, _("A new code is on its way."))
        elif asked:
            self.device.refresh_from_db()
            messages.warning(self.request, _too_soon(factors.wait_for_mail(self.device)))

    def _refuse(self, wait: int) -> None:
        kind = "factor.locked" if wait else "factor.failed"
        trail.write(kind, self.user, durable=True, method=self.method)
        self.form.add_error("token", wait_text(wait) if wait else _("This code is wrong, too old or used up."))
        self.device.refresh_from_db()
        if not wait and self.device.throttling_failure_count == FAILURES_TO_TELL:
            tell(self.user, "factor_failed")

    def _link(self, method: str) -> dict:
        query = self.request.GET.urlencode()
        url = reverse(f"{self.view}_by", args=[method]) + (f"?{query}" if query else "")
        return {"code": method, "label": factors.LABELS[method], "url": url, "current": method == self.method}


def wait_text(seconds: int) -> str:
    return ngettext(
        "Wait %(seconds)s second, then try again.", "Wait %(seconds)s seconds, then try again.", seconds
    ) % {"seconds": seconds}


def _too_soon(seconds: int) -> str:
    """Why no code went out."""
    return (
        wait_text(seconds) if seconds else _("No more codes can be sent for now. Try again later, or in another way.")
    )

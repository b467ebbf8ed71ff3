"""Sign-in and devices: where one is signed in, which browsers are trusted, which factors there are."""

import re

from allauth.account import views as allauth
from allauth.account.forms import LoginForm
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import devices, factors, trail
from portal.accounts.codes import COUNT
from portal.accounts.models import BackupDevice, Session, TrustedBrowser
from portal.accounts.sessions import end_sessions, hashed, sessions_of
from portal.accounts.views.challenge import next_field, next_of
from portal.core.access import public, signed_in
from portal.core.formats import format_date, format_datetime

SECRET = re.compile("csrf|password|code|secret|token")
WORDS = re.compile(r"\S\s+\S")
"""Text that somebody typed: more than one word. What a choice or a hidden field sends is one."""


@signed_in
@require_safe
def security(request):
    """Everything about how this person gets in."""
    sessions = [_session(row, request) for row in sessions_of(request.user)]
    browsers = TrustedBrowser.objects.alive().filter(user=request.user).order_by("-last_used_at")
    context = {
        "sessions": sorted(sessions, key=lambda session: not session["current"]),
        "end_others_url": reverse("sessions_end_others") if len(sessions) > 1 else "",
        "browsers": [_browser(row) for row in browsers],
        "factors": [*_app_and_mail(request.user, factors.asks_for_app(request)), _backup(request.user)],
        "factor_on": True,
    }
    return render(request, "otp/devices.html", context)


@signed_in
@require_POST
def end_session(request, pk):
    """Sign one device out."""
    row = get_object_or_404(Session, pk=pk, user=request.user)
    row.delete()
    trail.write("session.ended", request.user, device=devices.name_of(row.user_agent), ip=row.ip)
    messages.success(request, _("The device is signed out."))
    return redirect("account_security")


@signed_in
@require_POST
def end_others(request):
    """Sign out everywhere else."""
    number = end_sessions(request.user, but=request.session.session_key)
    trail.write("session.others_ended", request.user, number=number)
    messages.success(request, _("All other devices are signed out."))
    return redirect("account_security")


@signed_in
@require_POST
def end_trust(request, pk):
    """Ask this browser for the second factor again."""
    row = get_object_or_404(TrustedBrowser, pk=pk, user=request.user)
    row.delete()
    trail.write("trust.ended", request.user, device=devices.name_of(row.user_agent))
    messages.success(request, _("The browser is no longer trusted."))
    return redirect("account_security")


@public
@require_safe
def session_expired(request):
    """Where a page goes whose session is over; the typed text waits in the browser."""
    target = next_of(request, "home")
    if request.user.is_authenticated:
        return redirect(target)
    return _sign_in_again(request, target)


def sign_in_again(request, target: str):
    """The same page in answer to a form whose session is over; what was typed stands on it, for browsers without JavaScript."""
    fields = [value.strip() for name in request.POST for value in request.POST.getlist(name) if not SECRET.search(name)]
    return _sign_in_again(request, target, typed=list(filter(WORDS.search, fields)), status=401)


def _sign_in_again(request, target: str, *, form=None, typed=(), status=200):
    form = form or LoginForm(request=request)
    context = {"form": form, "redirect_field": next_field(target), "typed": typed}
    return render(request, "otp/session_expired.html", context, status=status)


class SignIn(allauth.LoginView):
    """The sign-in; what stands on `sign_in_again` stays there when the password was wrong."""

    def form_invalid(self, form):
        if typed := self.request.POST.getlist("typed"):
            return _sign_in_again(self.request, next_of(self.request, "home"), form=form, typed=typed)
        return super().form_invalid(form)


def _session(row: Session, request) -> dict:
    return {
        "icon": devices.icon_of(row.user_agent),
        "device": devices.name_of(row.user_agent),
        "place": row.ip or "",
        "line": _("last used %(moment)s") % {"moment": format_datetime(row.last_used_at)},
        "current": row.key_hash == hashed(request.session.session_key),
        "trusted": row.trusted,
        "end_url": reverse("session_end", args=[row.pk]),
    }


def _browser(row: TrustedBrowser) -> dict:
    return {
        "device": devices.name_of(row.user_agent),
        "line": _("until %(day)s") % {"day": format_date(row.expires_at)},
        "revoke_url": reverse("trust_end", args=[row.pk]),
    }


def _app_and_mail(user, is_strict: bool) -> list[dict]:
    mail = user.email if not is_strict else _("Your agency asks for the app.")
    return [_app(user, is_strict), {"label": _("Code by e-mail"), "line": mail}]


def _app(user, is_strict: bool) -> dict:
    device = TOTPDevice.objects.devices_for_user(user, confirmed=True).first()
    if device is None:
        return {
            "label": _("Authenticator app"),
            "line": _("not connected"),
            "url": reverse("otp_enrol"),
            "action": _("Connect"),
        }
    since = format_date(device.created_at) if device.created_at else ""
    return {
        "label": _("Authenticator app"),
        "line": _("since %(day)s") % {"day": since},
        "url": reverse("otp_enrol"),
        "action": _("Move to a new phone"),
        "remove_url": "" if is_strict else reverse("otp_remove"),
    }


def _backup(user) -> dict:
    left = factors.backup_codes_left(user)
    line = ngettext("%(left)s of %(count)s is left", "%(left)s of %(count)s are left", left)
    made = left or BackupDevice.objects.filter(user=user).exists()
    return {
        "label": _("Backup codes"),
        "line": line % {"left": left, "count": COUNT} if made else _("none made yet"),
        "url": reverse("otp_backup_codes"),
        "action": _("Make new codes"),
    }

"""Connecting and disconnecting second factors."""

from base64 import b32encode
from io import BytesIO

import django_otp
import segno
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import actions, factors, trust
from portal.accounts.decorators import recently_signed_in
from portal.accounts.forms import TokenForm
from portal.accounts.views.challenge import next_field, next_of, onward, wait_text
from portal.core.access import enrolling, public, signed_in

SHOWN = "otp_shown"


@enrolling
def enrol(request):
    """Connect an authenticator app, by choice or because the agency asks for it."""
    if not request.user.is_verified():
        # No entrance leads here; such a session has proved half of what it must.
        target = onward(request, "account_login")
        logout(request)
        return redirect(target)
    if factors.has_app(request.user) and not factors.meets_policy(request):
        return redirect(onward(request, "otp_step_up"))
    return _connect(request)


def _enrol_again(request) -> str:
    return onward(request, "otp_enrol")


@recently_signed_in(back=_enrol_again)
def _connect(request):
    device = _new_device(request)
    form = TokenForm(request.POST or None, method=factors.TOTP)
    if request.method == "POST" and form.is_valid():
        wait = factors.wait_of(device)
        if not wait and django_otp.verify_token(request.user, device.persistent_id, form.cleaned_data["token"]):
            return _connected(request, device, form)
        form.add_error(
            "token", wait_text(wait) if wait else _("This code does not fit. Look at the clock of your phone.")
        )
    return render(request, "otp/enrol.html", _enrol_context(request, device, form))


def _connected(request, device, form):
    device.refresh_from_db()
    made = actions.connect_app(request.user, device)
    django_otp.login(request, device)
    messages.info(request, _("The app is connected. Sign out other devices if you do not know them."))
    response = render(request, "otp/backup_codes.html", {"codes": made, "next_url": next_of(request, "home")})
    if form.cleaned_data["trust"]:
        trust.trust(response, request.user, device)
    return response


def _enrol_context(request, device, form) -> dict:
    forced = not factors.meets_policy(request)
    strict = factors.asks_for_app(request)
    return {
        "form": form,
        "qr_url": reverse("otp_qr"),
        "secret": _grouped(device),
        "account": request.user.email,
        "required_by": request.agency.name if forced and request.agency else "",
        "email_url": "" if strict else reverse("account_security"),
        "redirect_field": next_field(next_of(request, "home")),
    }


@enrolling
@require_GET
def qr(request):
    """The secret as a picture; the CSP allows pictures of our own only."""
    device = _shown_device(request)
    if device is None or not request.user.is_verified():
        return HttpResponse(status=404)
    picture = BytesIO()
    segno.make(device.config_url, error="m").save(picture, kind="svg", border=2, scale=4, light="#fff", dark="#000")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@signed_in
@recently_signed_in
def remove(request):
    """Disconnect the app, where the policy allows the code by e-mail."""
    if not factors.has_app(request.user) or factors.asks_for_app(request):
        return redirect("account_security")
    if request.method == "POST":
        actions.disconnect_app(request.user)
        django_otp.login(request, factors.device_of(request.user, factors.EMAIL))
        messages.info(request, _("The app is disconnected. Sign out other devices if you do not know them."))
        return redirect("account_security")
    return render(request, "otp/remove.html")


@signed_in
@recently_signed_in
def backup_codes(request):
    """How many are left; POST makes new ones, shown this once."""
    context = {"next_url": reverse("account_security"), "remaining": factors.backup_codes_left(request.user)}
    if request.method == "POST":
        context["codes"] = actions.make_backup_codes(request.user)
    return render(request, "otp/backup_codes.html", context)


@public
def cancel_reset(request, token):
    """Stop the removal of a factor that is not lost, by the link in the mail."""
    reset = actions.reset_of(token)
    if reset and request.method == "POST":
        actions.cancel_factor_reset(reset, by=reset.user)
        return render(request, "otp/reset_cancelled.html", {"done": True})
    return render(request, "otp/reset_cancelled.html", {"reset": reset})


def _new_device(request) -> TOTPDevice:
    """The secret that the app is to learn; the same until it is used, so that a reload does not change it."""
    found = _shown_device(request)
    if found is None:
        found = TOTPDevice.objects.create(user=request.user, name="app", confirmed=False)
        request.session[SHOWN] = found.pk
    return found


def _shown_device(request) -> TOTPDevice | None:
    """What this session was shown. Whoever was in elsewhere has not seen it, and knows no code of the app to come."""
    return TOTPDevice.objects.filter(user=request.user, confirmed=False, pk=request.session.get(SHOWN)).first()


def _grouped(device) -> str:
    secret = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))

"""Trusted browsers: no second factor for 30 days. A signed cookie and a row, so that it can be ended."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django_otp.models import Device

from portal.accounts.models import TrustedBrowser, User
from portal.accounts.sessions import caller
from portal.core import context

DAYS = timedelta(days=30)
SALT = "accounts.trusted-browser"


def trusted_browser(request: HttpRequest, user: User) -> TrustedBrowser | None:
    """The row that lets this browser in without a second factor, if all still fits."""
    try:
        cookie = request.COOKIES.get(_cookie(user), "")
        token = signing.TimestampSigner(salt=SALT).unsign(cookie, max_age=DAYS)
    except signing.BadSignature:
        return None
    row = TrustedBrowser.objects.alive().filter(user=user, token_hash=_hash(token)).first()
    return row if row and constant_time_compare(row.password_stamp, _stamp(user)) else None


def device_of(row: TrustedBrowser) -> Device | None:
    """The factor on which the trust rests; without it there is none."""
    device = Device.from_persistent_id(row.device_id)
    return device if device and device.user_id == row.user_id and device.confirmed else None


def use(row: TrustedBrowser) -> None:
    """Note that the browser has been here."""
    TrustedBrowser.objects.filter(pk=row.pk).update(last_used_at=timezone.now(), ip=caller())


def trust(response: HttpResponse, user: User, device: Device) -> None:
    """Trust this browser from now on."""
    token = secrets.token_urlsafe(32)
    TrustedBrowser.objects.create(
        user=user,
        token_hash=_hash(token),
        device_id=device.persistent_id,
        password_stamp=_stamp(user),
        ip=caller(),
        user_agent=context.current().ua,
        expires_at=timezone.now() + DAYS,
    )
    response.set_cookie(
        _cookie(user),
        signing.TimestampSigner(salt=SALT).sign(token),
        max_age=DAYS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def end_trust(user: User) -> None:
    """All browsers of a person are asked for the second factor again."""
    TrustedBrowser.objects.filter(user=user).delete()


def _cookie(user: User) -> str:
    """One cookie per person: two people may share a browser."""
    return f"{'__Host-' if settings.SECURE else ''}trust-{user.pk}"


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _stamp(user: User) -> str:
    return salted_hmac("accounts.password-stamp", user.password, algorithm="sha256").hexdigest()

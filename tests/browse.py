"""Browsing as somebody of the cast."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts.models import User
from portal.accounts.sessions import SessionStore
from portal.core.context import tenant
from portal.tenancy.scope import agency_urls


def browse_as(member, **options) -> Browser:
    """A test client that is signed in with the second factor; None stays a stranger.

    The session is written once, as a sign-in leaves it; Django's `force_login` would write it and a second write the factor.
    """
    browser = Browser(**options)
    if member is not None:
        browser.cookies[settings.SESSION_COOKIE_NAME] = _session_of(member.user)
    return browser


def _session_of(user: User) -> str:
    devices = TOTPDevice.objects.filter(user=user, name="app")
    device = devices.first() or devices.create(user=user, name="app", confirmed=True)
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session["otp_device_id"] = device.persistent_id
    session.create()
    return session.session_key


def url(name: str, place, *args) -> str:
    """The path of a view in an agency: place is the agency, or a client (whose slug is then the first argument)."""
    client = None if place._meta.label == "tenancy.Agency" else place
    agency = client.agency if client else place
    with agency_urls(agency):
        return reverse(name, args=([client.slug] if client else []) + list(args))


def reload(row):
    """The row as it stands in the database now, seen by its agency."""
    with tenant(row.agency_id), transaction.atomic():
        return type(row).objects.get(pk=row.pk)


def events_of(row) -> list[tuple]:
    """(kind, actor id) of everything recorded about a row, oldest first."""
    from portal.events.models import Event

    with tenant(row.agency_id), transaction.atomic():
        rows = Event.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk).order_by("pk")
        return list(rows.values_list("kind", "actor_id"))

"""Browsing as somebody of the cast."""

from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.core.context import tenant
from portal.tenancy.scope import agency_urls


def browse_as(member, **options) -> Browser:
    """A test client that is signed in with the second factor; None stays a stranger."""
    browser = Browser(**options)
    if member is None:
        return browser
    browser.force_login(member.user)
    device, _created = TOTPDevice.objects.get_or_create(user=member.user, name="app", defaults={"confirmed": True})
    session = browser.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return browser


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

"""Loads the demo world, once: agencies, people, protocols; then mails through the real SMTP door."""

import json
import os
import smtplib
import time
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal.core.context import tenant, traced
from portal.demo import appointments, backdating, cast, letters, minutes, profiles, work
from portal.demo.accounts import Accounts
from portal.demo.places import Place, join_network
from portal.events.models import Event
from portal.mail.addresses import address_for
from portal.mail.models import InboundMail
from portal.tenancy.models import Agency
from portal.tenancy.scope import agency_urls

PATIENCE_SECONDS = 30


class MailsMissing(Exception):
    """The world stands, but its mails did not arrive (in time)."""


def is_empty() -> bool:
    """Whether there is no agency at all. Reads through `maint`."""
    return not Agency.objects.using("maint").exists()


def load() -> dict:
    """Build everything and write `demo_world.json`; returns its content. Raises MailsMissing after that."""
    accounts = Accounts()
    with traced(task="load_demo"), transaction.atomic():
        places = [Place(house, accounts).build() for house in cast.HOUSES]
        accounts.create(cast.PLATFORM, is_staff=True)
        for place in places:
            with tenant(place.agency.pk):
                minutes.write_all(place)
                appointments.plan_all(place)
                profiles.write_all(place)
                work.log_all(place)
        rows = [row for place in places for row in _clients(place)]
        world = {"accounts": accounts.rows, "clients": rows, "agencies": [_agency(place) for place in places]}
        _write(settings.DATA_DIR / "demo_world.json", world)
    join_network(cast.NETWORK, places)
    _post({row["slug"]: row["mail_address"] for row in rows})
    for place in places:
        with tenant(place.agency.pk), transaction.atomic():
            letters.set_back_all()
            backdating.what_was_told()
    return world


def _agency(place: Place) -> dict:
    with agency_urls(place.agency) as base:
        return {"slug": place.agency.slug, "name": place.agency.name, "url": base + reverse("home")}


def _clients(place: Place) -> list[dict]:
    with agency_urls(place.agency) as base:
        return [
            {
                "agency": place.agency.slug,
                "slug": client.slug,
                "name": client.name,
                "url": base + reverse("client_home", args=[client.slug]),
                "mail_address": address_for(client),
            }
            for client in place.clients.values()
        ]


def _write(path: Path, content: dict) -> None:
    """Passwords stand in it: for the owner's eyes only, and never half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    half.replace(path)


def _post(addresses: dict[str, str]) -> None:
    try:
        with smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=10) as door:
            posted = [*letters.ten(addresses.__getitem__), letters.of_stranger(addresses.__getitem__)]
            for sender, recipient, raw in posted:
                door.sendmail(sender, [recipient], raw)
    except (OSError, smtplib.SMTPException) as error:
        raise MailsMissing(
            f"The SMTP door at {settings.SMTP_HOST}:{settings.SMTP_PORT} took no mail: {error}"
        ) from error
    _wait()


def _wait() -> None:
    """Until the worker has filed what the door took, and told everybody of everything."""
    end = time.monotonic() + PATIENCE_SECONDS
    while InboundMail.objects.using("maint").undone().exists() or _untold():
        if time.monotonic() > end:
            raise MailsMissing(f"Mails were not processed within {PATIENCE_SECONDS} s; is the worker running?")
        time.sleep(0.1)


def _untold() -> bool:
    return Event.objects.using("maint").filter(delivered_at=None).exists()

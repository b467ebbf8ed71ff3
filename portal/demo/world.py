"""Loads the demo world, once: agencies, people, protocols; then mails through the real SMTP door."""

import json
import os
import smtplib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.db.models import QuerySet
from django.urls import reverse

from portal.core import jobs
from portal.core.context import tenant, traced
from portal.core.processes import answers
from portal.demo import (
    activities,
    appointments,
    backdating,
    cast,
    invoices,
    letters,
    minutes,
    profiles,
    tickets,
    work,
)
from portal.demo.accounts import Accounts
from portal.demo.places import Place, join_network
from portal.events.models import Event
from portal.events.tasks import deliver
from portal.mail.addresses import address_for
from portal.mail.models import InboundMail
from portal.tenancy.models import Agency
from portal.tenancy.scope import agency_urls

PATIENCE_SECONDS = 120
CONNECTIONS = 4


class MailsMissing(Exception):
    """The world stands, but its mails did not arrive (in time)."""


def is_empty() -> bool:
    """Whether there is no agency at all. Reads through `maint`."""
    return not Agency.objects.using("maint").exists()


def load(patience: int = 0) -> dict:
    """Build everything and write `demo_world.json`; returns its content. Raises MailsMissing after that.

    patience: so many seconds the SMTP door may still need to open.
    """
    accounts = Accounts()
    with traced(task="load_demo"), transaction.atomic():
        places = [Place(house, accounts).build() for house in cast.HOUSES]
        accounts.create(cast.PLATFORM, is_staff=True)
        rows = [row for place in places for row in _clients(place)]
    world = {"accounts": accounts.rows, "clients": rows, "agencies": [_agency(place) for place in places]}
    try:
        with ThreadPoolExecutor(1) as postman:  # while the worker files the mails, the rest is written here
            posting = postman.submit(_post, places, {row["slug"]: row["mail_address"] for row in rows}, patience)
            _write_all(places)
            _write(settings.DATA_DIR / "demo_world.json", world)
            join_network(cast.NETWORK, places)
        posting.result()
        _wait_until_told()
    finally:
        for place in places:
            with tenant(place.agency.pk), transaction.atomic():
                backdating.what_was_told()
                backdating.what_was_read(place)
    return world


def _write_all(places: list[Place]) -> None:
    """What people did in the portal itself. Most of it was told in its time: of what is left, the worker hears at the end."""
    with traced(task="load_demo"), jobs.quietly(), transaction.atomic():
        for place in places:
            with tenant(place.agency.pk):
                minutes.write_all(place)
                appointments.plan_all(place)
                profiles.write_all(place)
                activities.post_all(place)
                work.log_all(place)
                tickets.open_all(place)
                invoices.write_all(place)
                backdating.long_told(~backdating.OF_MAILS)
    for agency_id, pk in _untold().filter(~backdating.OF_MAILS).values_list("agency_id", "pk"):
        jobs.enqueue(deliver, agency_id, pk)


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


def _post(places: list[Place], addresses: dict[str, str], patience: int) -> None:
    """Answers only when what they answer is filed, because a mail joins the thread that is there."""
    _await_door(patience)
    posted = [mail for slug, address in addresses.items() for mail in letters.all_of(slug, address)]
    posted.append(letters.hardly_a_mail(addresses[letters.OWNER_OF_SCANNER]))
    for depth in sorted({mail.depth for mail in posted}):
        _hand_over([mail for mail in posted if mail.depth == depth])
        _wait()
        for place in places:
            with tenant(place.agency.pk), transaction.atomic():
                letters.set_back_all()
                backdating.long_told(backdating.OF_MAILS)
    connections.close_all()


def _await_door(patience: int) -> None:
    """It may be starting at this moment. Raises MailsMissing after so many seconds."""
    end = time.monotonic() + patience
    while not answers(settings.SMTP_PORT, settings.SMTP_HOST):
        if time.monotonic() >= end:
            raise MailsMissing(f"No SMTP door answers at {settings.SMTP_HOST}:{settings.SMTP_PORT}; it took no mail.")
        time.sleep(0.1)


def _hand_over(mails: list[letters.Posted]) -> None:
    """Over several connections at a time, as mails come."""
    with ThreadPoolExecutor(CONNECTIONS) as senders:
        for sent in [senders.submit(_send, mails[number::CONNECTIONS]) for number in range(CONNECTIONS)]:
            sent.result()


def _send(mails: list[letters.Posted]) -> None:
    try:
        with smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=10) as door:
            for mail in mails:
                door.sendmail(mail.sender, [mail.recipient], mail.raw)
    except (OSError, smtplib.SMTPException) as error:
        raise MailsMissing(
            f"The SMTP door at {settings.SMTP_HOST}:{settings.SMTP_PORT} took no mail: {error}"
        ) from error


def _wait() -> None:
    """Until the worker has filed what the door took."""
    _until(lambda: not InboundMail.objects.using("maint").undone().exists())


def _wait_until_told() -> None:
    _until(lambda: not _untold().exists())


def _until(is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_done():
        if time.monotonic() > end:
            raise MailsMissing(f"Mails were not processed within {PATIENCE_SECONDS} s; is the worker running?")
        time.sleep(0.05)


def _untold() -> QuerySet[Event]:
    return Event.objects.using("maint").filter(delivered_at=None)

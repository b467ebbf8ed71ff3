"""The client's own mail address: `<client>-<random>@<mail domain>`, readable and hard to guess."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from portal.core.context import tenant
from portal.mail import replies
from portal.mail.models import ClientAddress, MailRoute
from portal.tenancy.models import Client

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is mistaken for something else when read aloud or typed: no i, l, o, 0, 1."""
RANDOM_LETTERS = 9
"""31 letters to the power of nine: 44 bits."""


@dataclass(frozen=True)
class Recipient:
    """Where a mail belongs: the client, and the word after `+` in the address ("" when there is none)."""

    client: Client
    tag: str


def address_for(client: Client) -> str:
    """The client's current address as text; made when it is first asked for."""
    return str(current_address(client))


def current_address(client: Client) -> ClientAddress:
    """The row of it."""
    with tenant(client.agency_id), transaction.atomic():
        current = ClientAddress.objects.filter(agency_id=client.agency_id, client=client).current()
        return current.first() or _create(client, current)


def _create(client: Client, current) -> ClientAddress:
    try:
        with transaction.atomic():
            address = ClientAddress.objects.create(
                agency_id=client.agency_id,
                client=client,
                local_part=f"{client.slug}-{_random()}",
                domain=(client.agency.mail_domain or settings.MAIL_DOMAIN).lower(),
            )
            MailRoute.objects.create(digest=digest_of(str(address)), agency_id=client.agency_id)
            return address
    except IntegrityError:
        return current.get()


def route_of(address: str) -> int | None:
    """The id of the agency to which this envelope address belongs, None for an unknown one. Needs no context."""
    with transaction.atomic():
        found = MailRoute.objects.filter(digest=digest_of(address))
        return found.values_list("agency_id", flat=True).first() or replies.agency_of(*split(address))


def recipients_among(agency_id: int, addresses: Iterable[str], *, at: datetime) -> list[Recipient]:
    """The clients of this agency to whom these envelope addresses belong, each once."""
    found: dict[int, Recipient] = {}
    for address in addresses:
        local, tag, domain = split(address)
        rows = ClientAddress.objects.filter(agency_id=agency_id, local_part=local, domain=domain)
        row = rows.select_related("client__agency").first()
        if row and row.takes_mail(at):
            found.setdefault(row.client_id, Recipient(row.client, tag))
    return list(found.values())


def split(address: str) -> tuple[str, str, str]:
    """(local part, word after `+`, domain), all in lower case."""
    local, _at, domain = address.strip().strip("<>").lower().rpartition("@")
    local, _plus, tag = local.partition("+")
    return local, tag, domain.rstrip(".")


def digest_of(address: str) -> str:
    """SHA-256 of the address without its `+` part."""
    local, _tag, domain = split(address)
    return hashlib.sha256(f"{local}@{domain}".encode("utf-8", "replace")).hexdigest()


def _random() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LETTERS))

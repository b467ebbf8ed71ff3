"""The client's own mail address: `<client>-<random>@<mail domain>`, readable and hard to guess.

After a `+` stands a project's short name, or a member's own alias (portal.mail.aliases).

What the door takes, and why. An address that ever was a client's is taken for ever: once it is too old, its mails go to
triage. An address that never was one is taken only on a mail domain of an agency's own (`Agency.takes_any_address`),
whatever stands before the @: so a slip of the pen reaches a person there, and nobody can ask the door which clients there
are, because every word gets the same answer. On the domain that agencies share such an address is refused: taking those
that look like a client's would answer exactly that question, and taking all would make nobody responsible. What remains to
be learned is whether a whole address with its 44 random bits once was right. How much one sender may leave is for the door
to limit, and what nobody places is emptied after 90 days. A domain that two agencies name belongs to neither of them here.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.mail import aliases, replies
from portal.mail.models import ClientAddress, MailRoute
from portal.tenancy.models import Agency, Client, Member

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is mistaken for something else when read aloud or typed: no i, l, o, 0, 1."""
RANDOM_LETTERS = 9
"""31 letters to the power of nine: 44 bits."""


@dataclass(frozen=True)
class Recipient:
    """Where a mail belongs: the client, and the word after `+` in the address ("" when there is none).

    member: whose own alias that word is. is_placed: a person chose the client, so nobody is a stranger.
    """

    client: Client
    tag: str = ""
    member: Member | None = None
    is_placed: bool = False


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


def replace(client: Client, *, valid_until: datetime) -> ClientAddress:
    """A new address; the one of today is taken until then. For the action that has asked who may (mailbox.renewing)."""
    with tenant(client.agency_id), transaction.atomic():
        current = ClientAddress.objects.filter(agency_id=client.agency_id, client=client).current()
        current.select_for_update().update(retired_at=timezone.now(), valid_until=valid_until)
        return _create(client, current)


def route_of(address: str) -> int | None:
    """The id of the agency to which this envelope address belongs, None for an unknown one. Needs no context."""
    parts = split(address)
    with transaction.atomic():
        found = MailRoute.objects.filter(digest=digest_of(address))
        known = found.values_list("agency_id", flat=True).first() or replies.agency_of(*parts)
    return known or _owner_of(*parts)


def _owner_of(local: str, _tag: str, domain: str) -> int | None:
    """The agency that takes any address on its own domain. Reads through `maint`, for no agency is known yet."""
    if not local or local == replies.LOCAL or not domain or "\0" in domain or domain == settings.MAIL_DOMAIN.lower():
        return None
    owners = Agency.objects.using("maint").filter(mail_domain__iexact=domain.encode("utf-8", "replace").decode())
    found = list(owners.values_list("pk", "takes_any_address")[:2])
    return found[0][0] if len(found) == 1 and found[0][1] else None


def recipients_among(agency_id: int, addresses: Iterable[str], *, at: datetime) -> list[Recipient]:
    """The clients of this agency to whom these envelope addresses belong, each once."""
    found: dict[int, Recipient] = {}
    for address in addresses:
        local, tag, domain = split(address)
        rows = ClientAddress.objects.filter(agency_id=agency_id, local_part=local, domain=domain)
        row = rows.select_related("client__agency").first()
        if row and row.takes_mail(at):
            found.setdefault(row.client_id, Recipient(row.client, tag, aliases.member_behind(tag, row)))
    return list(found.values())


def split(address: str) -> tuple[str, str, str]:
    """(local part, word after `+`, domain), all in lower case."""
    local, _at, domain = address.strip().strip("<>").lower().rpartition("@")
    local, _plus, tag = local.partition("+")
    return local, tag, domain.rstrip(".")


def is_spelled_for(address: str, slug: str) -> bool:
    """Whether it looks like an address of the client with this slug, of today or of earlier. Asks nobody: for showing alone."""
    local, _tag, _domain = split(address)
    own, _dash, word = local.rpartition("-")
    return own == slug and len(word) == RANDOM_LETTERS and set(word) <= set(ALPHABET)


def tagged(address: str, word: str) -> str:
    """The address with this word after a `+`."""
    local, _at, domain = address.partition("@")
    return f"{local}+{word}@{domain}"


def digest_of(address: str) -> str:
    """SHA-256 of the address without its `+` part."""
    local, _tag, domain = split(address)
    return hashlib.sha256(f"{local}@{domain}".encode("utf-8", "replace")).hexdigest()


def _random() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LETTERS))

"""To whom a mail belongs when the door was told no envelope: the addresses in its headers, and who keeps it when none is known."""

import re
from collections.abc import Iterable
from email.message import Message
from email.parser import BytesHeaderParser

from django.conf import settings
from django.db import transaction

from portal.mail.addresses import route_of
from portal.mail.headers import ADDRESS
from portal.mail.text import as_bytes, decode
from portal.tenancy.models import AgencyAddress

HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
"""What mail servers write at the delivery comes first, what senders write last."""
MOST_ADDRESSES = 200
MOST_HEADER_BYTES = 256 * 1024
BLANK_LINE = re.compile(rb"\r?\n\r?\n|\r\r")


def addresses_in(raw: bytes) -> list[str]:
    """The addresses in the headers that name recipients, each once. Never raises; the names beside them do not count."""
    message = _head(raw)
    found = [address for name in HEADERS for address in _addresses(message, name)]
    return list(dict.fromkeys(found))[:MOST_ADDRESSES]


def return_path_in(raw: bytes) -> str:
    """The envelope sender as the last server wrote it down, "" for bounces and without one."""
    return next(iter(_addresses(_head(raw), "return-path")), "")


def _head(raw: bytes) -> Message:
    head = BLANK_LINE.split(raw[:MOST_HEADER_BYTES], maxsplit=1)[0]
    return BytesHeaderParser().parsebytes(head + b"\r\n\r\n")


def _addresses(message: Message, wanted: str) -> list[str]:
    values = [_text(str(value)) for name, value in message.raw_items() if name.lower() == wanted]
    return [address for value in values for address in ADDRESS.findall(value)]


def _text(value: str) -> str:
    return value if value.isascii() else decode(as_bytes(value))


def routes_among(addresses: Iterable[str], *, agency_id: int | None = None) -> dict[str, int]:
    """Those of the addresses that are ours: address -> agency id; of one agency alone when it is named."""
    found = {address: route_of(address) for address in dict.fromkeys(addresses)}
    return {address: owner for address, owner in found.items() if owner and agency_id in (None, owner)}


def keeper_of_strays() -> int | None:
    """The agency in whose quarantine mail stands that came without a known address: MAIL_STRAYS, else the only one.

    A sending server is told that an address is unknown; a provider's webhook and a folder of mails cannot be told. Where there are
    several agencies, none of them may read what was perhaps meant for another: without MAIL_STRAYS nobody is named.
    """
    with transaction.atomic():
        rows = (
            AgencyAddress.objects.filter(name=settings.MAIL_STRAYS) if settings.MAIL_STRAYS else AgencyAddress.objects
        )
        found = list(rows.values_list("agency_id", flat=True).distinct()[:2])
        return found[0] if len(found) == 1 else None

"""Taking mail in: stored durably first, acknowledged by the door only afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from portal.core.context import tenant
from portal.core.jobs import enqueue
from portal.mail import strays, tasks
from portal.mail.models import InboundMail, ProviderRequest
from portal.mail.text import clean_line


@dataclass(frozen=True)
class Envelope:
    """What the sending server said, apart from the mail itself. routes: recipient -> agency id.

    key: the mail's own key at its door, when it may be handed in again ("" = never). keeper: id of the agency that keeps the mail
    when no recipient names one; unknown: the recipients of a mail that nobody keeps. posted: (body, content type) of a provider
    that did not send the mail as it was.
    """

    sender: str
    routes: dict[str, int]
    peer: str | None = None
    helo: str = ""
    source: str = "smtp"
    key: str = ""
    keeper: int | None = None
    unknown: Sequence[str] = ()
    posted: tuple[bytes, str] | None = None


def accept(raw: bytes, envelope: Envelope) -> list[int]:
    """Store a mail, one row per agency, and return the ids once the disk has them. Raises when that is not so.

    A mail that nobody keeps is the platform staff's ([]). What a door hands in twice (the same source and key) is there once; then
    the ids are those of the first time.
    """
    agencies = set(envelope.routes.values()) or {keeper for keeper in [envelope.keeper] if keeper}
    if not agencies:
        strays.keep(raw, envelope)
        return []
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")
        return [_store(raw, envelope, agency_id) for agency_id in sorted(agencies)]


def _store(raw: bytes, envelope: Envelope, agency_id: int) -> int:
    with tenant(agency_id):
        row, is_new = _row(raw, envelope, agency_id)
        if is_new:
            if envelope.posted:
                body, content_type = envelope.posted
                ProviderRequest.objects.create(
                    agency_id=agency_id, inbound=row, body=body, content_type=clean_line(content_type)[:255]
                )
            enqueue(tasks.process, agency_id, row.pk)
        return row.pk


def _row(raw: bytes, envelope: Envelope, agency_id: int) -> tuple[InboundMail, bool]:
    told = {
        "raw": raw,
        "size": len(raw),
        "envelope_from": clean_line(envelope.sender)[:320],
        "recipients": [clean_line(to)[:320] for to, owner in envelope.routes.items() if owner == agency_id],
        "peer": envelope.peer,
        "helo": clean_line(envelope.helo)[:255],
    }
    origin = {"agency_id": agency_id, "source": envelope.source, "source_key": envelope.key}
    if not envelope.key:
        return InboundMail.objects.create(**origin, **told), True
    return InboundMail.objects.defer("raw").get_or_create(**origin, defaults=told)

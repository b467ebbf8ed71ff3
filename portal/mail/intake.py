"""Taking mail in: stored durably first, acknowledged by the door only afterwards."""

from dataclasses import dataclass

from django.db import connection, transaction

from portal.core.context import tenant
from portal.core.jobs import enqueue
from portal.mail import tasks
from portal.mail.models import InboundMail
from portal.mail.text import clean_line


@dataclass(frozen=True)
class Envelope:
    """What the sending server said, apart from the mail itself. routes: recipient -> agency id."""

    sender: str
    routes: dict[str, int]
    peer: str | None = None
    helo: str = ""
    source: str = "smtp"


def accept(raw: bytes, envelope: Envelope) -> list[int]:
    """Store a mail, one row per agency, and return the ids once the disk has them. Raises when that is not so."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")
        return [_store(raw, envelope, agency_id) for agency_id in sorted(set(envelope.routes.values()))]


def _store(raw: bytes, envelope: Envelope, agency_id: int) -> int:
    with tenant(agency_id):
        row = InboundMail.objects.create(
            agency_id=agency_id,
            raw=raw,
            size=len(raw),
            envelope_from=clean_line(envelope.sender)[:320],
            recipients=[clean_line(to)[:320] for to, owner in envelope.routes.items() if owner == agency_id],
            peer=envelope.peer,
            helo=clean_line(envelope.helo)[:255],
            source=envelope.source,
        )
        enqueue(tasks.process, agency_id, row.pk)
        return row.pk

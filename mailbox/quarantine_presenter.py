"""Mails that wait, as lines: what they are, why they wait, and what is known about where they belong."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models.functions import Substr
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from mailbox.models import Mail
from portal.core.formats import format_date, format_datetime
from portal.mail import headers
from portal.mail.addresses import split
from portal.mail.headers import headers_of
from portal.mail.models import ClientAddress, InboundMail, Reason, Verdict
from portal.mail.text import decode_header
from portal.tenancy.models import Client

HEAD_BYTES = 32_000
"""So much of a mail is looked at for its subject and sender."""
SHOWN_TEXT = 600


@dataclass(frozen=True)
class Line:
    """One mail. note: why it waits; hint: what is known about it; guess: the client that it is probably for."""

    pk: int
    original: int
    subject: str
    facts: list[str]
    moment: str
    state: str
    tone: str
    note: str
    hint: str = ""
    text: str = ""
    guess: Client | None = None


def with_head(rows):
    """The rows without their mails, but with the beginning of each as `head`."""
    return rows.defer("raw").annotate(head=Substr("raw", 1, HEAD_BYTES))


def lines_of_inbound(rows: list[InboundMail]) -> list[Line]:
    """Rows that `with_head` gave."""
    old = _old_addresses(rows)
    return [_inbound_line(row, next(filter(None, map(old.get, _places(row))), None)) for row in rows]


def _places(row: InboundMail) -> list[tuple[str, str]]:
    found = (split(address) for address in row.recipients)
    return [(local, domain) for local, _tag, domain in found]


def _old_addresses(rows: list[InboundMail]) -> dict[tuple[str, str], ClientAddress]:
    """(local part, domain) -> the client's address that it once was; one query."""
    places = {place for row in rows for place in _places(row)}
    if not places:
        return {}
    found = ClientAddress.objects.filter(
        agency_id=rows[0].agency_id, local_part__in=[local for local, _domain in places]
    ).select_related("client")
    return {(row.local_part, row.domain): row for row in found}


def _inbound_line(row: InboundMail, old: ClientAddress | None) -> Line:
    message = headers_of(bytes(row.head))  # type: ignore[attr-defined]  # of with_head
    senders = headers.people(message, "from")
    sender = (senders[0].name or senders[0].address) if senders else row.envelope_from
    is_unplaced = row.reason == Reason.NO_CLIENT
    return Line(
        pk=row.pk,
        original=row.pk,
        subject=decode_header(headers.raw_header(message, "subject"))[:200] or _("(no subject)"),
        facts=_facts(sender or _("Unknown sender"), row.recipients, row),
        moment=row.received_at.isoformat(),
        state=(_("Old address") if old else _("Unknown address")) if is_unplaced else _("Quarantine"),
        tone="warn" if is_unplaced else "bad",
        note=_("No client has this address.") if is_unplaced and old is None else row.get_reason_display(),
        hint=_hint(row, old),
        guess=old.client if old else None,
    )


def _facts(sender: str, recipients: list[str], row: InboundMail) -> list[str]:
    told = [_("from %(sender)s") % {"sender": sender}]
    told += [_("to %(to)s") % {"to": ", ".join(recipients[:3])}] if recipients else []
    return [*told, format_datetime(row.received_at), filesizeformat(row.size)]


def _hint(row: InboundMail, old: ClientAddress | None) -> str:
    if row.reason != Reason.NO_CLIENT:
        return _("Tried %(number)s times. The mail itself is complete.") % {"number": row.attempts}
    if old is None:
        return ""
    day = format_date(old.valid_until) if old.valid_until else ""
    return _("It was an address of %(client)s until %(day)s.") % {"client": old.client, "day": day}


def lines_of_held(rows: Iterable[Mail]) -> list[Line]:
    """Held mails with their clients and `size`, the bytes of the original."""
    return [_held_line(row) for row in rows]


def _held_line(mail: Mail) -> Line:
    sender = f"{mail.from_name} <{mail.from_address}>" if mail.from_name and mail.from_address else mail.sender
    is_forged = mail.verdict == Verdict.FAILED
    files = [_("files: %(number)s") % {"number": mail.attachment_count}] if mail.attachment_count else []
    return Line(
        pk=mail.pk,
        original=mail.inbound.pk,
        subject=str(mail),
        facts=[
            _("from %(sender)s") % {"sender": sender},
            _("to %(to)s") % {"to": mail.client},
            format_datetime(mail.received_at),
            filesizeformat(mail.inbound.size),
            *files,
        ],
        moment=mail.received_at.isoformat(),
        state=_("Forged sender") if is_forged else _("Stranger"),
        tone="bad" if is_forged else "warn",
        note=mail.get_verdict_display() if is_forged else mail.get_held_reason_display(),
        hint=""
        if is_forged
        else _("The address is right. If you let it in, later mails of these people come in by themselves."),
        text=mail.snippet[:SHOWN_TEXT],
    )

"""Mail that goes out: a row in the transaction of what caused it, sent after commit."""

import re
import secrets
from collections.abc import Iterable, Mapping
from email.utils import formataddr, parseaddr
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.core.jobs import enqueue
from portal.files import antivirus
from portal.files.models import File
from portal.mail import tasks
from portal.mail.models import OutgoingMail
from portal.mail.text import clean_line
from portal.tenancy.models import Agency

HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
OURS = {"from", "to", "subject", "date", "message-id", "reply-to", "content-type", "mime-version"}


class More(TypedDict, total=False):
    """What a mail may have besides its words.

    sender_name: stands before the agency's address instead of the agency's own name. files: go along as attachments, read when
    the mail leaves. calendar: an iCalendar object with a METHOD; it goes along as a part that calendar programs read, and as a
    file. seed: of the secret that is put at PLACE (portal.mail.seeds) when it leaves. only_if: what must still be so then
    (portal.mail.leaving), by name and ids.
    """

    cc: Iterable[str]
    reply_to: str
    sender_name: str
    headers: Mapping[str, str]
    files: Iterable[File]
    calendar: str
    seed: str
    only_if: tuple[str, list[int]]


@transaction.atomic
def queue(
    agency: Agency, to: str | Iterable[str], subject: str, text: str, html: str = "", **more: Unpack[More]
) -> OutgoingMail:
    """Put a mail of the agency into the queue; it leaves after commit, and is tried again until it is gone.

    Raises ValueError for a file that is none of the agency's or may not leave the house, and for a header that is ours to set.
    The row is written with the agency's sight, since whoever caused it (a contact who invites) may not see the queue.
    """
    with tenant(agency.pk):
        mail = OutgoingMail.objects.create(
            agency=agency,
            message_id=new_message_id(agency),
            sender=sender_of(agency, more.get("sender_name", "")),
            to=[to] if isinstance(to, str) else list(to),
            subject=clean_line(subject)[:300],
            text=text,
            html=html,
            next_try_at=timezone.now(),
            **_besides(agency, more),
        )
        enqueue(tasks.deliver, agency.pk, mail.pk)
    return mail


def _besides(agency: Agency, more: More) -> dict[str, Any]:
    only_if, only_if_ids = more.get("only_if", ("", []))
    return {
        "cc": list(more.get("cc", ())),
        "reply_to": clean_line(more.get("reply_to", "")),
        "headers": _checked(more.get("headers", {})),
        "files": _fit_to_leave(agency, list(more.get("files", ()))),
        "calendar": more.get("calendar", ""),
        "seed": more.get("seed", ""),
        "only_if": only_if,
        "only_if_ids": only_if_ids,
    }


def sender_of(agency: Agency, name: str = "") -> str:
    """The agency's own name (or another) and address; without an address the installation's, under the agency's name."""
    address = agency.sender_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return formataddr((clean_line(name or agency.sender_name or agency.name), address), charset="utf-8")


def new_message_id(agency: Agency) -> str:
    """A Message-ID that nobody can guess, at the agency's mail domain."""
    return f"<{secrets.token_hex(16)}@{(agency.mail_domain or settings.MAIL_DOMAIN).lower()}>"


def _fit_to_leave(agency: Agency, files: list[File]) -> list[int]:
    """Ids of the files. One that is still being checked may wait in the queue."""
    for file in files:
        is_unknown = file.scan_verdict == antivirus.UNKNOWN
        if file.agency_id != agency.pk or file.is_blocked or (file.hindrance_for(None) and not is_unknown):
            raise ValueError(f"not a file to send: {file.pk}")
    return [file.pk for file in files]


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    for name in headers:
        if not HEADER_NAME.fullmatch(name) or name.lower() in OURS:
            raise ValueError(f"not a header for senders: {name!r}")
    return {name: clean_line(value) for name, value in headers.items()}

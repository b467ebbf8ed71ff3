"""The queue of outgoing mail: at least once, with longer and longer pauses; the Message-ID stays the same."""

import logging
import re
import smtplib
from datetime import datetime, timedelta
from email.utils import format_datetime

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from portal.files import antivirus
from portal.files.models import File
from portal.mail import bounces, leaving
from portal.mail.models import OutgoingMail
from portal.mail.parsed import Failure
from portal.mail.reply_addresses import return_address
from portal.mail.seeds import with_secret
from portal.mail.text import clean_line

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=3)
SWEEP_AT_ONCE = 500
METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)


def deliver(outgoing_id: int) -> None:
    """Send one mail of the agency if it is due. Network I/O happens between two transactions, never inside one."""
    mail = _take(outgoing_id)
    if mail is None:
        return
    if not _may_leave(mail):
        _finish(mail, failed_at=timezone.now(), last_error=leaving.DROPPED, seed="")
        return
    try:
        _message(mail).send()
    except Exception as error:
        log.warning("mail not sent", extra={"outgoing": outgoing_id, "error": type(error).__name__})
        _note_failure(mail, error)
    else:
        _finish(mail, sent_at=timezone.now(), last_error="", seed="")


@transaction.atomic
def _take(outgoing_id: int) -> OutgoingMail | None:
    now = timezone.now()
    rows = OutgoingMail.objects.due(at=now).select_related("agency").select_for_update(skip_locked=True, of=("self",))
    mail = rows.filter(pk=outgoing_id).first()
    if mail is None:
        return None
    mail.attempts += 1
    mail.next_try_at = now + LEASE
    mail.save(update_fields=["attempts", "next_try_at"])
    return mail


@transaction.atomic
def _may_leave(mail: OutgoingMail) -> bool:
    return leaving.may_leave(mail)


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    headers = {
        **mail.headers,
        "From": mail.sender,
        "Message-ID": mail.message_id,
        "Date": format_datetime(mail.created_at),
    }
    envelope = return_address(mail.agency, mail.pk) if settings.MAIL_RETURN_PATH else mail.sender
    reply_to = [mail.reply_to] if mail.reply_to else None
    text, html = with_secret(mail.text, mail.seed), with_secret(mail.html, mail.seed)
    message = EmailMultiAlternatives(
        mail.subject, text, envelope, mail.to, cc=mail.cc, headers=headers, reply_to=reply_to
    )
    message.metadata = {bounces.METADATA: mail.message_id}  # type: ignore[attr-defined]  # providers keep it, SMTP does not look
    if html:
        message.attach_alternative(html, "text/html")
    if mail.calendar:
        found = METHOD.search(mail.calendar)
        kind = f"text/calendar; method={found[1] if found else 'PUBLISH'}"
        message.attach_alternative(mail.calendar, kind)
        message.attach("invitation.ics", mail.calendar.encode(), "application/ics")
    _attach_files(message, mail)
    return message


def _attach_files(message: EmailMultiAlternatives, mail: OutgoingMail) -> None:
    """The files as they are now. Raises ValueError when one may not leave any more, OSError when it cannot be read yet."""
    with transaction.atomic():
        found = File.objects.filter(agency_id=mail.agency_id).in_bulk(mail.files)
    for pk in mail.files:
        file = found.get(pk)
        if file is None or file.scan_verdict == antivirus.INFECTED or file.is_blocked:
            raise ValueError("an attachment is gone or is not allowed to leave")
        if file.hindrance_for(None):
            raise OSError("an attachment is still being checked for viruses")
        with default_storage.open(file.key) as content:
            message.attach(file.name, content.read(), file.media_type)


@transaction.atomic
def _note_failure(mail: OutgoingMail, error: Exception) -> None:
    now = timezone.now()
    text = clean_line(_told_by(error))[:300]
    if _is_final(error) or now - mail.created_at > GIVE_UP_AFTER:
        _finish(mail, failed_at=now, last_error=text, seed="")
        bounces.tell(mail, Failure("hard", text, mail.to))
    else:
        pause = min(FIRST_PAUSE * 2 ** min(mail.attempts - 1, 10), LONGEST_PAUSE)
        _finish(mail, next_try_at=now + pause, last_error=text)


def _told_by(error: Exception) -> str:
    """What the other side said, or what kind of trouble it was."""
    code: int
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return f"{type(error).__name__}: {error}"
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"


def _is_final(error: Exception) -> bool:
    """The other side said no for good, or the mail itself is wrong."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError) and 500 <= error.smtp_code < 600
    return isinstance(error, ValueError | AnymailRecipientsRefused)


@transaction.atomic
def _finish(mail: OutgoingMail, **changes) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(**changes)


def left_behind() -> list[tuple[int, int, int]]:
    """(agency id, mail id, tries so far) of what is due. Reads through `maint`."""
    rows = OutgoingMail.objects.using("maint").due(at=timezone.now()).order_by("next_try_at")
    return list(rows.values_list("agency_id", "pk", "attempts")[:SWEEP_AT_ONCE])


def oldest_due() -> datetime | None:
    """Since when the oldest mail should have been on its way; a pause after a refusal does not count."""
    rows = OutgoingMail.objects.using("maint").due(at=timezone.now()).order_by("next_try_at")
    return rows.values_list("next_try_at", flat=True).first()

"""The queue of outgoing mail: at least once, with longer and longer pauses; the Message-ID stays the same."""

import logging
import smtplib
from datetime import datetime, timedelta
from email.utils import format_datetime

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from portal.mail.models import OutgoingMail
from portal.mail.text import clean_line

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=3)
SWEEP_AT_ONCE = 500


def deliver(outgoing_id: int) -> None:
    """Send one mail of the agency if it is due. Network I/O happens between two transactions, never inside one."""
    mail = _take(outgoing_id)
    if mail is None:
        return
    try:
        _message(mail).send()
    except Exception as error:
        log.warning("mail not sent", extra={"outgoing": outgoing_id, "error": type(error).__name__})
        _note_failure(mail, error)
    else:
        _finish(mail, sent_at=timezone.now(), last_error="")


@transaction.atomic
def _take(outgoing_id: int) -> OutgoingMail | None:
    now = timezone.now()
    mail = OutgoingMail.objects.due(at=now).select_for_update(skip_locked=True).filter(pk=outgoing_id).first()
    if mail is None:
        return None
    mail.attempts += 1
    mail.next_try_at = now + LEASE
    mail.save(update_fields=["attempts", "next_try_at"])
    return mail


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    headers = {**mail.headers, "Message-ID": mail.message_id, "Date": format_datetime(mail.created_at)}
    reply_to = [mail.reply_to] if mail.reply_to else None
    message = EmailMultiAlternatives(mail.subject, mail.text, mail.sender, mail.to, headers=headers, reply_to=reply_to)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _note_failure(mail: OutgoingMail, error: Exception) -> None:
    now = timezone.now()
    text = clean_line(f"{type(error).__name__}: {error}")[:300]
    if _is_final(error) or now - mail.created_at > GIVE_UP_AFTER:
        _finish(mail, failed_at=now, last_error=text)
    else:
        pause = min(FIRST_PAUSE * 2 ** min(mail.attempts - 1, 10), LONGEST_PAUSE)
        _finish(mail, next_try_at=now + pause, last_error=text)


def _is_final(error: Exception) -> bool:
    """The other side said no for good, or the mail itself is wrong."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError) and 500 <= error.smtp_code < 600
    return isinstance(error, ValueError)


@transaction.atomic
def _finish(mail: OutgoingMail, **changes) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(**changes)


def left_behind() -> list[tuple[int, int]]:
    """(agency id, mail id) of what is due. Reads through `maint`."""
    rows = OutgoingMail.objects.using("maint").due(at=timezone.now()).order_by("next_try_at")
    return list(rows.values_list("agency_id", "pk")[:SWEEP_AT_ONCE])


def oldest_due() -> datetime | None:
    """Since when the oldest mail should have been on its way; a pause after a refusal does not count."""
    rows = OutgoingMail.objects.using("maint").due(at=timezone.now()).order_by("next_try_at")
    return rows.values_list("next_try_at", flat=True).first()
